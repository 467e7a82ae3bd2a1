from pathlib import Path

import polars as pl
import pytest

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.reading import FAULT, LINE, ROW, TableSource, scan


def read(path: Path, text: str) -> pl.DataFrame:
    path.write_text(text, encoding="utf-8")
    return scan(TableSource(table="catalogue", pattern=path, known=("id", "tags"), required=("id",))).frame.collect()


def test_objects_are_read_with_their_digits_and_lists_kept(tmp_path: Path) -> None:
    frame = read(tmp_path / "x.jsonl", '{"id": 1.50, "tags": ["a", "é"]}\n\n{"id": "x"}\n')
    assert frame.select("id", "tags", ROW).rows() == [("1.50", '["a", "é"]', 1), ("x", None, 3)]


def test_lines_that_are_no_objects_are_handed_on_as_unreadable(tmp_path: Path) -> None:
    frame = read(tmp_path / "x.jsonl", '{"id": 1}\n{"id": \n[1]\n{"id": 2}\n{"id": 3')
    bad = frame.filter(pl.col(FAULT).is_not_null())
    assert bad.select(ROW, LINE).rows() == [(2, '{"id": '), (3, "[1]"), (5, '{"id": 3')]
    assert frame.filter(pl.col(FAULT).is_null())["id"].to_list() == ["1", "2"]


def test_an_array_instead_of_lines_stops_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SourceFileError, match="one object a line, not one array"):
        read(tmp_path / "x.jsonl", '[\n {"x": 1},\n {"x": 2}\n]\n'.replace("{", "(").replace("}", ")"))
