import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.reading import FILE, ROW, TableSource, scan


def source(pattern: Path, **columns: str | tuple[str, ...]) -> TableSource:
    return TableSource(
        table="catalogue",
        pattern=pattern,
        known=("item_id", "title", "category", "attributes"),
        required=("item_id", "title"),
        columns=columns,
    )


def write_csv(path: Path) -> None:
    path.write_text("item_id,title\n1,Tea\n2,Cup\n")


def write_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(b"item_id,title\n1,Tea\n2,Cup\n"))


def write_json_lines(path: Path) -> None:
    path.write_text('{"item_id": "1", "title": "Tea"}\n{"item_id": "2", "title": "Cup"}\n')


def write_parquet(path: Path) -> None:
    pl.DataFrame({"item_id": ["1", "2"], "title": ["Tea", "Cup"]}).write_parquet(path)


@pytest.mark.parametrize(
    ("name", "write", "first_row"),
    [
        ("x.csv", write_csv, 2),
        ("x.csv.gz", write_gzip, 2),
        ("x.jsonl", write_json_lines, 1),
        ("x.parquet", write_parquet, 1),
    ],
)
def test_every_format_gives_the_same_rows(
    tmp_path: Path, name: str, write: Callable[[Path], None], first_row: int
) -> None:
    write(tmp_path / name)
    frame = scan(source(tmp_path / name)).frame.collect()
    assert frame.select("item_id", "title").rows() == [("1", "Tea"), ("2", "Cup")]
    assert frame[ROW].to_list() == [first_row, first_row + 1]


def test_a_glob_reads_its_files_in_order_of_name(tmp_path: Path) -> None:
    for name, item in (("b.csv", "2"), ("a.csv", "1")):
        (tmp_path / name).write_text(f"item_id,title\n{item},T\n")
    raw = scan(source(tmp_path / "*.csv"))
    assert [path.name for path in raw.files] == ["a.csv", "b.csv"]
    assert raw.frame.select("item_id", FILE).collect().rows() == [("1", 0), ("2", 1)]


def test_a_contract_column_can_be_made_of_several(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("sku,brand,name,l1,l2,color,size\n1,Acme,Tea,Food,,green,\n")
    table = source(
        tmp_path / "x.csv", item_id="sku", title=("brand", "name"), category=("l1", "l2"), attributes=("color", "size")
    )
    row = scan(table).frame.collect().row(0, named=True)
    assert row["title"] == "Acme Tea"
    assert row["category"] == "Food"
    assert row["attributes"] == '{"color":"green","size":null}'


def test_progress_is_told_of_every_byte(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv")
    heard: list[tuple[str, int, int | None]] = []

    def listen(stage: str, done: int, total: int | None) -> None:
        heard.append((stage, done, total))

    scan(source(tmp_path / "x.csv"), progress=listen).frame.collect()
    size = (tmp_path / "x.csv").stat().st_size
    assert heard[-1] == ("read catalogue", size, size)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("x.parquet", b"item_id,title\n1,Tea\n", "row 1: the name says Parquet but it begins with b'item'"),
        ("x.parquet", b"PAR1 cut off", "cut off"),
        ("x.parquet", b"PAR1 no footer at all PAR1", "cannot be opened"),
        ("x.csv", b"", "row 1: the file is empty"),
        ("x.csv", b"item_id,title\n1,\x00\x01\x02\n", "row 2: the name says text but it holds binary data"),
        ("x.csv", b"PAR1....", "it is a Parquet file"),
        ("x.csv", gzip.compress(b"item_id,title\n", mtime=0), "add .gz|Add .gz"),
        ("x.csv.gz", b"item_id,title\n", "cannot be unpacked"),
        ("x.csv", "item_id,title\n".encode("utf-16"), "UTF-16"),
        ("x.csv", b"item_id,item_id\n1,2\n", "row 1, column 'item_id': the header has 'item_id' twice"),
        (
            "x.csv",
            b"item_id,name\n1,Tea\n",
            r"row 1, column 'title': there is no such column.*the file has: item_id, name",
        ),
        ("x.csv", b"item_id;title\n1;Tea\n", "separated by ';'"),
        ("x.csv", "item_id,tïtle\n".encode("latin-1"), "row 1: the header cannot be read as utf-8.*latin-1"),
        ("x.jsonl", b"item_id,title\n", "row 1: no JSON object"),
        ("x.xlsx", b"PK", "ending of the name is unknown.*\\.parquet"),
    ],
)
def test_a_file_that_is_not_what_it_claims_stops_with_the_way_out(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceFileError, match=problem) as caught:
        scan(source(tmp_path / name))
    assert name in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceFileError, match=r"none\.csv: there is no such file"):
        scan(source(tmp_path / "none.csv"))


def test_files_of_one_glob_with_different_headers_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("item_id,title,category\n1,T,C\n")
    (tmp_path / "b.csv").write_text("item_id,title\n1,T\n")
    with pytest.raises(SourceFileError, match=r"b\.csv, row 1, column 'category': its columns differ"):
        scan(source(tmp_path / "*.csv"))


def test_parquet_files_of_one_glob_with_different_types_are_refused(tmp_path: Path) -> None:
    pl.DataFrame({"item_id": [1], "title": ["T"]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"item_id": ["1"], "title": ["T"]}).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(SourceFileError, match=r"b\.parquet, column 'item_id': item_id is String here and Int64"):
        scan(source(tmp_path / "*.parquet"))
