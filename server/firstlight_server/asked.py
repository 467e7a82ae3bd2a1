"""One newcomer as both stages read them. Knows nothing of searching or ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_server.evidence import Clue


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Attributes:
        first: the query, and what the declarations add to it.
        clues: what is known.
    """

    first: FirstStage
    clues: Sequence[Clue]
