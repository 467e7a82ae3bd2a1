"""Each column's normalisation, one value at a time."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from firstlight_indexer.cleaning.attributes import attributes
from firstlight_indexer.cleaning.availability import availability
from firstlight_indexer.cleaning.categories import categories
from firstlight_indexer.cleaning.identifiers import identifier
from firstlight_indexer.cleaning.moments import moment
from firstlight_indexer.cleaning.prices import price
from firstlight_indexer.cleaning.text import has_word, tidy


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12", 12.0), ("12.5", 12.5), ("£1,234.50", 1234.5), ("1.234,50 €", 1234.5), ("1,234", 1234.0), ("12,5", 12.5),
        ("1.234", 1.234), ("1.234.567", 1234567.0), ("1,234,567.89", 1234567.89), ("1'234.50", 1234.5),
        ("1\u00a0234,50", 1234.5), ("USD 12", 12.0), ("12.00 kr.", 12.0), ("-3", -3.0), ("(5.00)", -5.0), ("5-", -5.0),
        ("$0", 0.0), ("1e7", 1e7), ("call us", None), ("", None), ("1-2", None), ("..", None), ("NaN", None),
        ("inf", None),
        ("1,23,456.00", 123456.0), ("12,3456", 12.3456),
    ],
)  # fmt: skip
def test_a_price_is_read_however_it_is_written(written: str, expected: float | None) -> None:
    assert pl.DataFrame({"p": [written]}).select(price("p", pl.String())).item() == expected


def test_a_price_that_is_a_number_already_stays_unless_it_is_not_finite() -> None:
    frame = pl.DataFrame({"p": [1.5, float("nan"), float("inf"), None]})
    assert frame.select(price("p", pl.Float64())).to_series().to_list() == [1.5, None, None, None]


NOON = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-01T12:00:00Z", "2024-03-01 12:00:00 UTC", "2024-03-01 12:00:00", "2024-03-01T12:00",
        "2024/03/01 12:00:00",
        "2024-03-01T14:00:00+02:00", "2024-03-01 10:00:00-0200", "2024-03-01T13:00:00.000+01", "1709294400",
        "1709294400000", "1709294400000000", "1709294400000000000", "1709294400.0", " 2024-03-01T12:00:00.000000Z ",
        "2024-3-1 12:00:00",
    ],
)  # fmt: skip
def test_a_time_is_read_however_it_is_written(written: str) -> None:
    assert pl.DataFrame({"t": [written]}).select(moment("t", pl.String())).item() == NOON


@pytest.mark.parametrize("written", ["yesterday", "2024-13-01", "2024-02-30", "12:00", "", "2024-03-01 25:00:00"])
def test_an_unreadable_time_is_null(written: str) -> None:
    assert pl.DataFrame({"t": [written]}).select(moment("t", pl.String())).item() is None


def test_typed_times_become_utc_microseconds() -> None:
    noon = NOON.replace(tzinfo=None)
    frame = pl.DataFrame({"naive": [noon], "day": [date(2024, 3, 1)], "s": [1_709_294_400], "f": [1_709_294_400.25]})
    frame = frame.with_columns(
        pl.col("naive").dt.replace_time_zone("Asia/Tokyo").alias("tokyo").cast(pl.Datetime("ns", "Asia/Tokyo"))
    )
    read = frame.select(moment(name, kind).alias(name) for name, kind in frame.schema.items()).row(0, named=True)
    assert read["naive"] == NOON
    assert read["day"] == datetime(2024, 3, 1, tzinfo=UTC)
    assert read["s"] == NOON
    assert read["f"] == NOON.replace(microsecond=250_000)
    assert read["tokyo"] == NOON.replace(hour=3)


def test_a_configured_pattern_is_the_only_one_used() -> None:
    frame = pl.DataFrame({"t": ["1/3/2024 12:00", "2024-03-01 12:00"]})
    assert frame.select(moment("t", pl.String(), pattern="%d/%m/%Y %H:%M")).to_series().to_list() == [NOON, None]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("  two \t\n words ", "two words"), ("<b>Bold</b> &amp; <br/>new", "Bold & new"), ("Caf&eacute;", "Café"),
        ("&lt;i&gt;x&lt;/i&gt;", "x"), ("<script>alert(1)</script>Tea", "Tea"), ("<!-- a -->Tea", "Tea"),
        ("ﬁne", "fine"),
        ("a\u200bb\ufeffc", "abc"), ("a\x07b", "a b"), ("5 < 6 > 4", "5 < 6 > 4"), ("AT&T&copy", "AT&T&copy"),
        ("&amp;amp; co", "& co"), ("👩\u200d🍳 apron", "👩\u200d🍳 apron"), ("nan", None), ("   ", None),
        ("<p></p>", None),
    ],
)  # fmt: skip
def test_text_is_tidied(written: str, expected: str | None) -> None:
    assert pl.DataFrame({"x": [written]}).select(tidy(pl.col("x"))).item() == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("Tea", True), ("7", True), ("茶", True), ("??", False), ("- .", False)]
)
def test_a_title_needs_a_letter_or_a_digit(text: str, *, expected: bool) -> None:
    assert pl.DataFrame({"x": [text]}).select(has_word(pl.col("x"))).item() is expected


def test_ids_lose_spaces_and_the_point_that_a_tool_gave_them() -> None:
    assert pl.DataFrame({"i": [17850.0, 1.5, None]}).select(identifier("i", pl.Float64())).to_series().to_list() == [
        "17850",
        "1.5",
        None,
    ]
    written = pl.DataFrame({"i": [" a1 ", "NaN", "null", "", "nancy", "N/A", "0"]})
    assert written.select(identifier("i", pl.String())).to_series().to_list() == [
        "a1",
        None,
        None,
        None,
        "nancy",
        None,
        "0",
    ]
    assert pl.DataFrame({"i": [7]}).select(identifier("i", pl.Int64())).item() == "7"


@pytest.mark.parametrize(
    ("written", "expected"), [("Yes", True), ("in stock", True), ("0", False), ("Sold out", False), ("maybe", None)]
)
def test_availability_is_read_however_it_is_written(written: str, *, expected: bool | None) -> None:
    assert pl.DataFrame({"a": [written]}).select(availability("a", pl.String())).item() is expected


def test_categories_become_tidy_paths() -> None:
    written = pl.Series(
        ["Food > Hot &amp; cold > Tea", '["Food", null, "Tea"]', None, " > ", "Food", "Food > Hot &amp; cold > Tea"]
    )
    assert categories(written, separator=">").to_list() == [
        ["Food", "Hot & cold", "Tea"], ["Food", "Tea"], [], [], ["Food"], ["Food", "Hot & cold", "Tea"],
    ]  # fmt: skip


def test_category_lists_stay_lists() -> None:
    lists = pl.Series([["Food", None, " "], None, []], dtype=pl.List(pl.String))
    assert categories(lists, separator=">").to_list() == [["Food"], [], []]


@pytest.mark.parametrize(
    "written",
    [
        pl.Series(['{"size": "10 OZ", "colour": "red", "none": null}']),
        pl.Series(["size=10 OZ; colour = red"]),
        pl.Series(['[{"key": "size", "value": "10 OZ"}, {"key": "colour", "value": "red"}]']),
        pl.Series([{"size": "10 OZ", "colour": "red"}]),
        pl.Series([[{"key": "size", "value": "10  OZ"}, {"key": "colour", "value": "red"}, {"key": "", "value": "x"}]]),
    ],
    ids=["json_object", "pairs", "json_list", "struct", "list"],
)
def test_attributes_become_sorted_pairs(written: pl.Series) -> None:
    assert attributes(written).to_list() == [[{"key": "colour", "value": "red"}, {"key": "size", "value": "10 OZ"}]]


def test_items_without_attributes_have_an_empty_list() -> None:
    assert attributes(pl.Series([None, "", "nothing"], dtype=pl.String)).to_list() == [[], [], []]
