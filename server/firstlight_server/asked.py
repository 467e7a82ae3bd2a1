"""One newcomer as both stages read them. Knows nothing of searching or ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_server.declared_lift import DeclaredLift
from firstlight_server.evidence import Clue


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Attributes:
        query: ``(d + 1,)`` float32.
        lift: what the declarations add.
        clues: what is known.
    """

    query: NDArray[np.float32]
    lift: DeclaredLift
    clues: Sequence[Clue]

    def scores(self, rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The first stage's scores of ``rows`` ``(k,)`` with their ``vectors`` ``(k, d + 1)``, ``(k,)`` float32."""
        return np.asarray(vectors @ self.query + self.lift.at(rows), np.float32)
