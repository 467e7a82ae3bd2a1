"""What arms learn over in one snapshot: its features, and landmarks by which what was learnt over others comes here.

Knows nothing of arms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import Carrying, FeatureMap, Landmarks, spread
from firstlight_store import ItemTable


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """Of one snapshot.

    Attributes:
        features: what is read of items.
        landmarks: some of its items.
        vectors: ``(n, d)`` float32, of all items.
        row: of an item's id; None where the snapshot does not hold it.
    """

    features: FeatureMap
    landmarks: Landmarks
    vectors: NDArray[np.float32]
    row: Callable[[str], int | None]

    @classmethod
    def of(
        cls,
        features: FeatureMap,
        *,
        items: ItemTable,
        vectors: NDArray[np.float32],
    ) -> "FeatureSpace":
        """With landmarks among ``items``, of which ``vectors`` are ``(n, d)`` float32."""
        some = spread(items.count)
        marks = Landmarks(tuple(items.ids[one] for one in some.tolist()), features.projection.project(vectors[some]))
        return cls(features, marks, vectors, items.row)

    def rows(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """``(n,)`` int64, the rows of items; -1 for those that are not held."""
        found = (self.row(one) for one in ids)
        return np.array([-1 if row is None else row for row in found], np.int64)

    def carrying_from(self, others: Landmarks) -> Carrying:
        """Carries what was learnt where ``others`` are landmarks to here."""
        rows = self.rows(others.ids)
        held = rows >= 0
        here = self.features.projection.project(self.vectors[rows[held]])
        width = others.places.shape[1]
        return Carrying.fitted(others.places[held], here, crossed=self.features.crossed, width=width)
