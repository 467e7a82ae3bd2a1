"""How rows are widened so that a product quantiser codes the prior by itself.

A product quantiser cuts a row into groups of coordinates and codes each group by one of 256 centroids. The last
coordinate, log p of about -18..-4, dwarfs the unit-length direction beside it: in a shared group the centroids line up
along log p and say nothing of the directions they share it with. So the direction is padded with zeros to whole groups,
and log p starts a group of its own, whose 256 centroids then are 256 levels of log p. Inner products stay what they
were. Coding what differs from a list's centre matters more still. Recall@10 of the ten best codes alone, over 92,331
products in groups of 16 coordinates: .603 as they are, .630 with the prior apart, .859 from the centre, .874 with both;
in groups of 4: .802, .805, .950, .952. It knows nothing of FAISS.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PriorApart:
    """The widened layout of rows `[v ; log p]`: `[v ; zeros ; log p ; zeros]`."""

    dimension: int
    """d + 1, of the rows and queries as everybody else knows them."""
    group: int
    """Coordinates coded together."""

    @property
    def groups(self) -> int:
        """How many groups a row has: those of the direction, and the prior's."""
        return -(-(self.dimension - 1) // self.group) + 1

    @property
    def width(self) -> int:
        """Coordinates of a widened row."""
        return self.groups * self.group

    def widened(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return rows or queries (n, d + 1) as (n, width), float32 and contiguous."""
        wide = np.zeros((len(rows), self.width), dtype=np.float32)
        wide[:, : self.dimension - 1] = rows[:, :-1]
        wide[:, self.width - self.group] = rows[:, -1]
        return wide

    def narrowed(self, wide: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return widened rows (n, width) as (n, d + 1) float32."""
        return np.concatenate(
            [wide[:, : self.dimension - 1], wide[:, self.width - self.group, None]], axis=1, dtype=np.float32
        )
