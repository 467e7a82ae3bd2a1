"""What every vector index must do. A test class inherits `VectorIndexContract` and says how to build its index."""

from abc import ABC, abstractmethod

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_store import NO_ROW, AllowedRows, ExactIndex, Hits, IndexInputInvalid, VectorIndex, recall
from tests.store.catalogue_rows import CatalogueRows, catalogue_rows


class VectorIndexContract(ABC):
    """Inherit, implement `build`, and set the smallest recall@10 that is good enough for the index."""

    row_count = 6_000
    smallest_recall = 1.0

    @classmethod
    @abstractmethod
    def build(cls, catalogue: CatalogueRows) -> VectorIndex:
        """Return the index over `catalogue.rows`."""

    @pytest.fixture(scope="class")
    @classmethod
    def catalogue(cls) -> CatalogueRows:
        return catalogue_rows(count=cls.row_count)

    @pytest.fixture(scope="class")
    @classmethod
    def index(cls, catalogue: CatalogueRows) -> VectorIndex:
        return cls.build(catalogue)

    @pytest.fixture(scope="class")
    @classmethod
    def exact(cls, catalogue: CatalogueRows) -> ExactIndex:
        return ExactIndex(catalogue.rows)

    def test_knows_its_size(self, index: VectorIndex, catalogue: CatalogueRows) -> None:
        assert (index.count, index.dimension) == catalogue.rows.shape

    def test_finds_what_exact_search_finds(
        self, index: VectorIndex, exact: ExactIndex, catalogue: CatalogueRows
    ) -> None:
        self.require_recall(index, exact, catalogue.queries, k=10, allowed=None)
        self.require_recall(index, exact, catalogue.queries, k=100, allowed=None)

    def test_finds_the_most_popular_items_for_somebody_unknown(
        self, index: VectorIndex, catalogue: CatalogueRows
    ) -> None:
        hits = index.search(nothing_known(catalogue), k=10)
        assert hits.rows[0].tolist() == np.argsort(-catalogue.rows[:, -1], kind="stable")[:10].tolist()

    def test_scores_are_exact_inner_products_in_falling_order(
        self, index: VectorIndex, catalogue: CatalogueRows
    ) -> None:
        hits = index.search(catalogue.queries, k=20)
        expected = np.einsum("bkd,bd->bk", catalogue.rows[hits.rows], catalogue.queries)
        np.testing.assert_array_equal(hits.scores, expected)
        assert bool((np.diff(hits.scores, axis=1) <= 0).all())

    def test_never_returns_a_row_twice(self, index: VectorIndex, catalogue: CatalogueRows) -> None:
        hits = index.search(catalogue.queries, k=50)
        assert all(len(set(rows)) == 50 for rows in hits.rows.tolist())

    def test_answers_a_batch_as_it_answers_each_query(self, index: VectorIndex, catalogue: CatalogueRows) -> None:
        together = index.search(catalogue.queries[:16], k=10)
        apart = [index.search(catalogue.queries[i : i + 1], k=10) for i in range(16)]
        np.testing.assert_array_equal(together.rows, np.concatenate([hits.rows for hits in apart]))

    @pytest.mark.parametrize("share", [0.999, 0.9, 0.5, 0.1, 0.01])
    def test_filters_before_the_cut(
        self, index: VectorIndex, exact: ExactIndex, catalogue: CatalogueRows, share: float
    ) -> None:
        allowed = AllowedRows(np.random.default_rng(5).random(index.count) < share)
        hits = index.search(catalogue.queries, k=10, allowed=allowed)
        assert bool(allowed.mask[hits.rows].all())
        self.require_recall(index, exact, catalogue.queries, k=10, allowed=allowed)

    @pytest.mark.parametrize("k", [10, 100])
    @pytest.mark.parametrize("kind", ["near", "far", "popular", "rare"])
    def test_filters_that_go_with_the_query_or_with_the_prior(
        self, index: VectorIndex, exact: ExactIndex, catalogue: CatalogueRows, kind: str, k: int
    ) -> None:
        similarities = catalogue.rows[:, :-1] @ catalogue.queries[0, :-1]
        chosen = similarities if kind in ("near", "far") else catalogue.rows[:, -1]
        mask = chosen > np.median(chosen) if kind in ("near", "popular") else chosen < np.median(chosen)
        self.require_recall(index, exact, catalogue.queries, k=k, allowed=AllowedRows(mask))

    def test_finds_a_corner_that_the_query_does_not_point_at(
        self, index: VectorIndex, exact: ExactIndex, catalogue: CatalogueRows
    ) -> None:
        corner = AllowedRows(catalogue.clusters < catalogue.clusters.max() // 2)
        elsewhere = catalogue.queries[catalogue.query_clusters >= catalogue.clusters.max() // 2]
        self.require_recall(index, exact, elsewhere, k=10, allowed=corner)

    @pytest.mark.parametrize("count", [0, 1, 7])
    def test_a_narrow_filter_yields_all_that_is_allowed(
        self, index: VectorIndex, catalogue: CatalogueRows, count: int
    ) -> None:
        rows = np.random.default_rng(6).choice(index.count, count, replace=False)
        hits = index.search(catalogue.queries[:3], k=10, allowed=AllowedRows.from_rows(rows, total=index.count))
        assert [sorted(found[:count]) for found in hits.rows.tolist()] == [sorted(rows.tolist())] * 3
        assert bool((hits.rows[:, count:] == NO_ROW).all())
        assert bool(np.isneginf(hits.scores[:, count:]).all())

    def test_more_results_than_rows_yield_every_row_once(self, index: VectorIndex, catalogue: CatalogueRows) -> None:
        hits = index.search(catalogue.queries[:2], k=index.count + 5)
        assert [sorted(found) for found in hits.rows[:, : index.count].tolist()] == [list(range(index.count))] * 2
        assert bool((hits.rows[:, index.count :] == NO_ROW).all())

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_refuses_a_query_that_is_not_finite(self, index: VectorIndex, catalogue: CatalogueRows, bad: float) -> None:
        query = catalogue.queries[:1].copy()
        query[0, 3] = bad
        with pytest.raises(IndexInputInvalid, match="NaN or infinity"):
            index.search(query, k=10)

    def test_refuses_a_query_of_another_width(self, index: VectorIndex, catalogue: CatalogueRows) -> None:
        with pytest.raises(IndexInputInvalid, match="queries are"):
            index.search(np.ascontiguousarray(catalogue.queries[:, 1:]), k=10)

    @pytest.mark.parametrize("k", [0, -1])
    def test_refuses_to_return_nothing(self, index: VectorIndex, catalogue: CatalogueRows, k: int) -> None:
        with pytest.raises(IndexInputInvalid, match="at least one"):
            index.search(catalogue.queries, k=k)

    def test_refuses_a_filter_over_another_catalogue(self, index: VectorIndex, catalogue: CatalogueRows) -> None:
        with pytest.raises(IndexInputInvalid, match="allowed covers"):
            index.search(catalogue.queries, k=1, allowed=AllowedRows(np.ones(index.count + 1, dtype=np.bool_)))

    def require_recall(
        self,
        index: VectorIndex,
        exact: ExactIndex,
        queries: NDArray[np.float32],
        *,
        k: int,
        allowed: AllowedRows | None,
    ) -> None:
        """Fail where `index` finds too little of what exact search finds."""
        found: Hits = index.search(queries, k=k, allowed=allowed)
        share = float(recall(found, exact.search(queries, k=k, allowed=allowed)).mean())
        assert share >= self.smallest_recall


def nothing_known(catalogue: CatalogueRows) -> NDArray[np.float32]:
    """The query (1, d + 1) of somebody of whom nothing is known."""
    query = np.zeros((1, catalogue.rows.shape[1]), dtype=np.float32)
    query[0, -1] = 1.0
    return query
