import numpy as np
import pytest

from firstlight_store import ExactIndex, IndexInputInvalid, VectorIndex
from tests.contracts.vector_index import VectorIndexContract
from tests.store.catalogue_rows import CatalogueRows


class TestExactIndex(VectorIndexContract):
    @classmethod
    def build(cls, catalogue: CatalogueRows) -> VectorIndex:
        return ExactIndex(catalogue.rows)

    def test_lists_the_lower_row_first_where_scores_are_equal(self) -> None:
        rows = np.tile(np.array([[1.0, -3.0]], dtype=np.float32), (1_000, 1))
        hits = ExactIndex(rows).search(np.array([[2.0, 1.0]], dtype=np.float32), k=1_000)
        assert hits.rows[0].tolist() == list(range(1_000))

    def test_agrees_with_sorting_all_scores_across_blocks(self) -> None:
        rng = np.random.default_rng(0)
        rows, queries = rng.normal(size=(1_000, 4)).astype(np.float32), rng.normal(size=(20_000, 4)).astype(np.float32)
        hits = ExactIndex(rows).search(queries, k=3)
        scores = queries[::2_000].astype(np.float64) @ rows.T.astype(np.float64)
        assert hits.rows[::2_000].tolist() == np.argsort(-scores, axis=1)[:, :3].tolist()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_names_the_row_that_is_not_finite(bad: float) -> None:
    rows = np.ones((5, 3), dtype=np.float32)
    rows[3, 1] = bad
    with pytest.raises(IndexInputInvalid, match="row 3 holds NaN"):
        ExactIndex(rows)


@pytest.mark.parametrize("shape", [(0, 3), (5, 1), (5,)])
def test_refuses_rows_that_are_no_matrix(shape: tuple[int, ...]) -> None:
    with pytest.raises(IndexInputInvalid, match="rows are"):
        ExactIndex(np.ones(shape, dtype=np.float32))
