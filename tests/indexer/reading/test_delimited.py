import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.reading import FAULT, LINE, ROW, TableSource, line_blocks, scan


def read(path: Path, content: bytes, *, separator: str = ",", encoding: str = "utf-8") -> pl.DataFrame:
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    source = TableSource(
        table="events", pattern=path, known=("a", "b", "c"), required=("a", "b"), separator=separator, encoding=encoding
    )
    return scan(source).frame.collect(engine="streaming")


def values(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return frame.select("a", "b", "c").rows()


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_plain_lines_keep_their_line_numbers_and_empty_fields_are_null(tmp_path: Path, name: str) -> None:
    frame = read(tmp_path / name, b"a,b,c\n1,2,3\n\n4,,6\r\n7,8,9")
    assert values(frame) == [("1", "2", "3"), ("4", None, "6"), ("7", "8", "9")]
    assert frame[ROW].to_list() == [2, 4, 5]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"1,2", "2 fields instead of 3"),
        (b"1,2,3,4", "4 fields instead of 3"),
        (b'1,"2,3', "a quote is opened and never closed"),
        (b"1,\xff,3", "bytes that are not UTF-8 text"),
        (b"1,\x00,3", "bytes that are not UTF-8 text"),
        (b"a,b,c", "the header again"),
    ],
    ids=["too_few", "too_many", "open_quote", "not_utf8", "nul", "header_again"],
)
def test_an_unreadable_line_costs_itself_and_no_other(tmp_path: Path, line: bytes, fault: str) -> None:
    padding = b"9,9,9\n" * 12_000  # the sniffing of the first bytes must not see a NUL
    frame = read(tmp_path / "x.csv", b"a,b,c\n" + padding + line + b"\n4,5,6\n")
    bad = frame.filter(pl.col(FAULT).is_not_null())
    assert bad.select(ROW, FAULT).rows() == [(12_002, fault)]
    assert bad[LINE][0] == line.decode(errors="replace")
    assert values(frame.tail(1)) == [("4", "5", "6")]
    assert frame.height == 12_002


def test_quoted_fields_may_hold_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    frame = read(tmp_path / "x.csv", b'a,b,c\n1,"x, ""y""\nz",3\n4,5" pipe,6\n')
    assert values(frame) == [("1", 'x, "y"\nz', "3"), ("4", '5" pipe', "6")]
    assert frame[ROW].to_list() == [2, 4]


def test_a_cut_last_line_is_unreadable(tmp_path: Path) -> None:
    frame = read(tmp_path / "x.csv", b"a,b,c\n1,2,3\n4,5")
    assert frame.filter(pl.col(FAULT).is_not_null())[ROW].to_list() == [3]


def test_other_separators_and_encodings_are_read_when_named(tmp_path: Path) -> None:
    assert values(read(tmp_path / "x.csv", b"a;b;c\n1;2;3\n", separator=";")) == [("1", "2", "3")]
    assert values(read(tmp_path / "y.csv", "a,b,c\n1,é,3\n".encode("latin-1"), encoding="latin-1")) == [("1", "é", "3")]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert values(read(tmp_path / "x.csv", b"\xef\xbb\xbfa,b,c\n1,2,3\n")) == [("1", "2", "3")]


def test_a_damaged_gzip_stream_stops_with_the_row(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    whole = gzip.compress(b"a,b,c\n" + b"".join(b"%d,2,3\n" % n for n in range(300_000)))
    path.write_bytes(whole[:-2_000])
    source = TableSource(table="events", pattern=path, known=("a",), required=("a",))
    with pytest.raises(SourceFileError, match="gzip stream is damaged"):
        scan(source).frame.collect(engine="streaming")


field = st.text(alphabet="ab1 é,\"\n'", max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(field, field, field), max_size=12), block=st.integers(min_value=4, max_value=60))
def test_what_a_writer_quotes_is_read_back_whatever_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, str, str]], block: int
) -> None:
    monkeypatch.setattr(line_blocks, "BLOCK_BYTES", block)
    quoted = ['"' + '","'.join(part.replace('"', '""') for part in row) + '"' for row in rows]
    frame = read(tmp_path / "x.csv", ("a,b,c\n" + "".join(line + "\n" for line in quoted)).encode())
    assert values(frame) == [tuple(part or None for part in row) for row in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=200), block=st.integers(min_value=4, max_value=60))
def test_no_line_of_any_junk_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junk: bytes, block: int) -> None:
    monkeypatch.setattr(line_blocks, "BLOCK_BYTES", block)
    frame = read(tmp_path / "x.csv", b"a,b,c\n" + junk.replace(b"\0", b"").replace(b'"', b"") + b"\n1,2,3\n")
    lines = [line for line in junk.replace(b"\0", b"").replace(b'"', b"").split(b"\n") if line.strip(b"\r") != b""]
    blank_after_return = sum(line.strip(b"\r") == b"" and len(line) > 1 for line in junk.split(b"\n"))
    assert len(lines) + 1 <= frame.height <= len(lines) + 1 + blank_after_return
    assert values(frame.tail(1)) == [("1", "2", "3")]
