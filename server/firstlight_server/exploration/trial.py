"""One question's part in an experiment. Knows nothing of how pages are made."""

from dataclasses import dataclass

import numpy as np

from firstlight_server.exploration.arm import Arm


@dataclass(frozen=True)
class Trial:
    """The arm that answers, and chance for one page; None where nothing is to be explored."""

    arm: Arm
    generator: np.random.Generator | None = None
