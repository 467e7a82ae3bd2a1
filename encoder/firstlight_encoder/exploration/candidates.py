"""What a page may be made of. Knows nothing of policies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import ExplorationError


@dataclass(frozen=True)
class Candidates:
    """Items in the order of the ranking, best first.

    Attributes:
        rows: ``(n,)`` int64, distinct item rows.
        base: ``(n,)`` float32, the ranking's scores; mostly falling.
        features: ``(n, p)`` float32, as `FeatureMap.features` makes them; ``(n, 0)`` for policies that learn nothing.
        is_new: ``(n,)`` bool, items that nothing has been learnt about yet.
        remembered: ``n`` ids under which policies that learn remember single items, ``""`` for items that they do not
            tell apart (see `remembered`); none: no item is remembered.

    Raises:
        ExplorationError: the parts differ in length.
    """

    rows: NDArray[np.int64]
    base: NDArray[np.float32]
    features: NDArray[np.float32]
    is_new: NDArray[np.bool_]
    remembered: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Holds the parts to one length."""
        lengths = {len(part) for part in (self.rows, self.base, self.features, self.is_new)}
        if self.remembered:
            lengths.add(len(self.remembered))
        if len(lengths) != 1:
            raise ExplorationError(f"candidates need parts of one length, not of {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.rows)
