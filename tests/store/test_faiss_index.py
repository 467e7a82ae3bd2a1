from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstlight_store import (
    AllowedRows,
    ExactIndex,
    FaissIndex,
    IndexSettings,
    LayoutMismatch,
    VectorIndex,
    build_index,
    recall,
)
from firstlight_store.index_settings import IndexKind
from tests.contracts.vector_index import VectorIndexContract
from tests.store.catalogue_rows import CatalogueRows, catalogue_rows


class TestFlat(VectorIndexContract):
    @classmethod
    def build(cls, catalogue: CatalogueRows) -> VectorIndex:
        return build_index(catalogue.rows, catalogue.queries).index


class TestInvertedLists(VectorIndexContract):
    row_count = 10_000
    smallest_recall = 0.97
    kind: IndexKind = "ivf_sq8"
    lists: int | None = None

    @classmethod
    def build(cls, catalogue: CatalogueRows) -> VectorIndex:
        settings = IndexSettings(kind=cls.kind, lists=cls.lists)
        return build_index(catalogue.rows, catalogue.queries, settings=settings).index

    def test_few_exclusions_do_not_hide_what_is_left(
        self, index: VectorIndex, exact: ExactIndex, catalogue: CatalogueRows
    ) -> None:
        everything = AllowedRows(np.ones(index.count, dtype=np.bool_))
        shares: list[float] = []
        for number in range(40):
            query = catalogue.queries[number : number + 1]
            rest = everything.without(exact.search(query, k=100).rows[0])
            found, best = (searched.search(query, k=10, allowed=rest) for searched in (index, exact))
            shares.append(float(recall(found, best)[0]))
        assert sum(shares) / len(shares) >= self.smallest_recall


class TestManyInvertedLists(TestInvertedLists):
    lists = 800


class TestInvertedListsOfHalves(TestInvertedLists):
    kind = "ivf_fp16"


class TestInvertedListsOfProducts(TestInvertedLists):
    kind = "ivf_pq"


class TestFlatHalves(VectorIndexContract):
    kind: IndexKind = "flat_fp16"

    @classmethod
    def build(cls, catalogue: CatalogueRows) -> VectorIndex:
        return build_index(catalogue.rows, catalogue.queries, settings=IndexSettings(kind=cls.kind)).index


class TestFlatBytes(TestFlatHalves):
    kind = "flat_sq8"
    smallest_recall = 0.99


class TestMappedFromDisk(TestInvertedLists):
    @pytest.fixture(scope="class")
    @classmethod
    def index(cls, catalogue: CatalogueRows, tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
        built = build_index(catalogue.rows, catalogue.queries, settings=IndexSettings(kind=cls.kind))
        path = tmp_path_factory.mktemp("index") / "index.faiss"
        built.index.write(path)
        return FaissIndex.open(path, rows=catalogue.rows, facts=built.report.facts())


class TestProductsMappedFromDisk(TestMappedFromDisk):
    kind = "ivf_pq"


@pytest.fixture(scope="module")
def catalogue() -> CatalogueRows:
    return catalogue_rows(count=3_000)


@pytest.fixture
def written(catalogue: CatalogueRows, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    built = build_index(catalogue.rows, catalogue.queries)
    built.index.write(tmp_path / "index.faiss")
    return tmp_path / "index.faiss", built.report.facts()


def test_refuses_an_index_over_other_rows(written: tuple[Path, dict[str, Any]], catalogue: CatalogueRows) -> None:
    path, facts = written
    with pytest.raises(LayoutMismatch, match="rows, dimension, metric"):
        FaissIndex.open(path, rows=catalogue.rows[:-1], facts=facts)


@pytest.mark.parametrize("facts", [{}, {"nprobe": 0, "overfetch": 4}, {"nprobe": "8", "overfetch": 4}])
def test_refuses_facts_that_do_not_say_how_to_search(
    written: tuple[Path, dict[str, Any]], catalogue: CatalogueRows, facts: dict[str, Any]
) -> None:
    with pytest.raises(LayoutMismatch, match=r"index\.nprobe"):
        FaissIndex.open(written[0], rows=catalogue.rows, facts=facts)


def test_refuses_a_file_that_is_no_index(tmp_path: Path, catalogue: CatalogueRows) -> None:
    (tmp_path / "index.faiss").write_bytes(b"no index" + bytes(200))
    with pytest.raises(LayoutMismatch, match="not an index"):
        FaissIndex.open(tmp_path / "index.faiss", rows=catalogue.rows, facts={"nprobe": 1, "overfetch": 4})


def test_a_length_that_the_file_cannot_hold_is_refused_and_not_allocated(
    written: tuple[Path, dict[str, Any]], catalogue: CatalogueRows
) -> None:
    path, facts = written
    data = bytearray(path.read_bytes())
    place = data.index((catalogue.rows.size).to_bytes(8, "little"))
    data[place : place + 8] = (1 << 40).to_bytes(8, "little")
    path.write_bytes(data)
    with pytest.raises(LayoutMismatch, match="not an index"):
        FaissIndex.open(path, rows=catalogue.rows, facts=facts)


def test_lists_of_few_rows_do_not_shorten_an_answer(tmp_path: Path) -> None:
    crowd = np.tile(np.array([[1.0, 0.0, -5.0]], dtype=np.float32), (300, 1))
    loners = np.array([[-np.cos(angle), np.sin(angle), -5.0] for angle in np.linspace(-1, 1, 12)], dtype=np.float32)
    rows = np.concatenate([crowd, loners])
    query = np.array([[-9.0, 0.0, 1.0]], dtype=np.float32)
    built = build_index(rows, query, settings=IndexSettings(kind="ivf_sq8", lists=13))
    built.index.write(tmp_path / "index.faiss")
    index = FaissIndex.open(tmp_path / "index.faiss", rows=rows, facts=built.report.facts() | {"nprobe": 1})
    hits = index.search(query, k=50)
    assert sorted(hits.rows[0, :12].tolist()) == list(range(300, 312))
    assert bool((hits.rows >= 0).all())


def test_rows_whose_priors_their_codes_cannot_tell_apart_are_found_under_a_filter() -> None:
    random = np.random.default_rng(0)
    directions, asked = (random.normal(size=(count, 31)) for count in (10_000, 100))
    rare = random.random(10_000) < 0.5
    log_priors = np.where(rare, random.uniform(-17.02, -17, 10_000), random.uniform(-18, -4, 10_000))
    rows = np.column_stack([directions / np.linalg.norm(directions, axis=1)[:, None], log_priors]).astype(np.float32)
    lengths = np.linalg.norm(asked, axis=1)[:, None]
    queries = np.column_stack([0.2 * asked / lengths, np.ones(100)]).astype(np.float32)
    index = build_index(rows, queries, settings=IndexSettings(kind="ivf_sq8")).index
    found, best = (one.search(queries, k=10, allowed=AllowedRows(rare)) for one in (index, ExactIndex(rows)))
    assert float(recall(found, best).mean()) >= 0.95


def test_recall_counts_a_row_of_equal_score_as_found() -> None:
    rows = np.zeros((30, 2), dtype=np.float32)
    exact = ExactIndex(rows).search(np.ones((1, 2), dtype=np.float32), k=10)
    other = ExactIndex(rows).search(
        np.ones((1, 2), dtype=np.float32), k=10, allowed=AllowedRows(np.arange(30, dtype=np.int64) >= 20)
    )
    assert recall(other, exact).tolist() == [1.0]
