"""All that the second stage knows of a catalogue. Knows nothing of users or of how candidates are ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.item_facts import ItemFacts
from firstlight_encoder.second_stage.lexicon import Lexicon
from firstlight_encoder.second_stage.neighbour_table import NeighbourTable
from firstlight_encoder.second_stage.neighbourhoods import Neighbourhoods

PRIOR_CANDIDATES = 20
"""How many of the most probable items are always considered."""

TABLES = ("whole", "order", "regression")
"""The tables: over whole histories, by how near items follow, and by regression."""


@dataclass(frozen=True, kw_only=True)
class CatalogueSide:
    """The items' rows, tables, facts and words.

    Attributes:
        rows: ``(n, d + 1)`` float32, ``[v_i ; log p(i)]``.
        tables: companions of every item, under the names of ``TABLES``; all of one width.
        tastes: ``(n, a)`` float32 unit rows (zeros where nothing is known): items that the same people take lie close.
        facts: categories, brands, prices.
        lexicon: words.
    """

    rows: NDArray[np.float32]
    tables: Mapping[str, NeighbourTable]
    tastes: NDArray[np.float32]
    facts: ItemFacts
    lexicon: Lexicon

    @cached_property
    def log_prior(self) -> NDArray[np.float32]:
        """``(n,)`` float32, contiguous."""
        return np.ascontiguousarray(self.rows[:, -1])

    @cached_property
    def most_probable(self) -> NDArray[np.int64]:
        """The ``PRIOR_CANDIDATES`` most probable items, ``(p,)`` int64."""
        return np.argsort(-self.log_prior, kind="stable")[:PRIOR_CANDIDATES]

    def near(self, histories: Sequence[NDArray[np.int64]]) -> Neighbourhoods:
        """What the tables say of ``histories``, ``(k,)`` int64 catalogue rows each, oldest first."""
        return Neighbourhoods.of([self.tables[name] for name in TABLES], histories)

    def with_prior(self, log_prior: NDArray[np.float32]) -> "CatalogueSide":
        """The same catalogue under another prior, ``(n,)`` float32."""
        return replace(self, rows=np.concatenate([self.rows[:, :-1], log_prior[:, None]], axis=1))
