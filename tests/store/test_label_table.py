from pathlib import Path

import polars as pl
import pytest

from firstlight_store import ItemTableInvalid, LabelTable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    labels = {"kind": ["category", "category", "brand"], "name": ["Cold cereal", "A > B", "Acme"], "row": [0, 1, 2]}
    pl.DataFrame(labels).write_parquet(tmp_path / "labels.parquet")
    return tmp_path / "labels.parquet"


def test_a_label_is_found_whatever_its_case_and_spacing(path: Path) -> None:
    table = LabelTable.open(path, count=3)
    assert [table.row("category", name) for name in ("cold  CEREAL", "a > b")] == [0, 1]
    assert table.row("brand", "ACME ") == 2


def test_a_brand_is_not_taken_for_a_category(path: Path) -> None:
    assert LabelTable.open(path, count=3).row("category", "Acme") is None


def test_a_row_without_a_vector_is_refused(path: Path) -> None:
    with pytest.raises(ItemTableInvalid, match="brand 'Acme': row 2 is not one of 2 label vectors"):
        LabelTable.open(path, count=2)
