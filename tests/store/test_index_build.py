from pathlib import Path

import numpy as np
import pytest

from firstlight_store import IndexInputInvalid, IndexSettings, RecallTooLow, build_index
from firstlight_store.index_settings import IndexKind
from tests.store.catalogue_rows import CatalogueRows, catalogue_rows


@pytest.fixture(scope="module")
def catalogue() -> CatalogueRows:
    return catalogue_rows(count=8_000)


def test_small_catalogues_are_searched_flat_and_large_ones_by_lists(catalogue: CatalogueRows) -> None:
    kinds = [
        build_index(catalogue.rows, catalogue.queries, settings=IndexSettings(flat_limit=limit)).report.kind
        for limit in (8_000, 7_999)
    ]
    assert kinds == ["Flat", "IVF256,SQ8"]


def test_the_fewest_lists_that_reach_the_target_are_probed(catalogue: CatalogueRows) -> None:
    reports = [
        build_index(catalogue.rows, catalogue.queries, settings=IndexSettings(kind="ivf_sq8", recall_target=t)).report
        for t in (0.95, 0.999)
    ]
    assert reports[0].recall_at_10 >= 0.95
    assert reports[1].recall_at_10 >= 0.999
    assert reports[0].nprobe < reports[1].nprobe < reports[1].lists / 4


def test_an_index_below_the_floor_is_refused(catalogue: CatalogueRows) -> None:
    # One candidate per result leaves no room to repair what 8-bit codes confuse among equal vectors.
    settings = IndexSettings(kind="ivf_sq8", overfetch=1, recall_floor=0.9999, recall_target=1.0)
    with pytest.raises(RecallTooLow, match=r"IVF256,SQ8 over 8000 rows reaches recall@10 0\.9.*floor is 0\.9999"):
        build_index(catalogue.rows, catalogue.queries, settings=settings)


@pytest.mark.parametrize("kind", ["ivf_sq8", "ivf_pq", "flat_sq8"])
def test_the_same_input_builds_the_same_index_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, kind: IndexKind
) -> None:
    catalogue, directory = catalogue_rows(count=3_000), tmp_path_factory.mktemp("twice")
    settings = IndexSettings(kind=kind, train_rounds=3)
    facts: list[object] = []
    for name in ("first", "second"):
        built = build_index(catalogue.rows, catalogue.queries, settings=settings)
        built.index.write(directory / name)
        facts.append(built.report.facts())
    assert (directory / "first").read_bytes() == (directory / "second").read_bytes()
    assert facts[0] == facts[1]


def test_coarser_codes_take_less_room(catalogue: CatalogueRows, tmp_path: Path) -> None:
    kinds: tuple[IndexKind, ...] = ("flat", "flat_fp16", "flat_sq8", "ivf_fp16", "ivf_sq8", "ivf_pq")
    sizes: dict[IndexKind, int] = {}
    for kind in kinds:
        built = build_index(catalogue.rows, catalogue.queries, settings=IndexSettings(kind=kind, train_rounds=2))
        built.index.write(tmp_path / kind)
        sizes[kind] = (tmp_path / kind).stat().st_size
    assert sizes["flat"] > 1.9 * sizes["flat_fp16"] > 3.5 * sizes["flat_sq8"]
    assert sizes["ivf_fp16"] > sizes["ivf_sq8"] > 1.5 * sizes["ivf_pq"]


def test_codes_too_coarse_for_the_target_take_more_candidates(catalogue: CatalogueRows) -> None:
    reports = [
        build_index(catalogue.rows, catalogue.queries, settings=IndexSettings(kind="ivf_pq", code_group=group)).report
        for group in (2, 16)
    ]
    assert [report.kind for report in reports] == ["IVF256,PQ17", "IVF256,PQ3"]
    assert reports[1].overfetch > reports[0].overfetch >= 1
    assert min(report.recall_at_10 for report in reports) >= 0.95


def test_too_few_rows_to_learn_product_codes_from_are_refused(catalogue: CatalogueRows) -> None:
    with pytest.raises(IndexInputInvalid, match=r"'ivf_pq' needs 256 rows .* there are 255; choose 'flat'"):
        build_index(catalogue.rows[:255], catalogue.queries, settings=IndexSettings(kind="ivf_pq"))


def test_a_catalogue_of_one_vector_repeated_can_be_built() -> None:
    rows = np.tile(np.array([[0.6, 0.8, -5.0]], dtype=np.float32), (500, 1))
    report = build_index(rows, rows[:4], settings=IndexSettings(kind="ivf_sq8", lists=8)).report
    assert report.recall_at_10 == 1.0


def test_fewer_rows_than_results_can_be_built() -> None:
    rows = np.array([[0.6, 0.8, -1.0], [0.8, 0.6, -2.0]], dtype=np.float32)
    assert build_index(rows, rows).report.recall_at_10 == 1.0


def test_no_queries_to_measure_are_refused(catalogue: CatalogueRows) -> None:
    with pytest.raises(IndexInputInvalid, match="no queries"):
        build_index(catalogue.rows, catalogue.queries[:0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recall_floor": 0.99, "recall_target": 0.98}, "recall_floor"),
        ({"recall_target": 1.5}, "recall_target"),
        ({"overfetch": 0}, "overfetch is 0"),
        ({"lists": 0}, "lists is 0"),
        ({"most_overfetch": 2}, "most_overfetch is 2"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(IndexInputInvalid, match=message):
        IndexSettings(**change)  # type: ignore[arg-type]
