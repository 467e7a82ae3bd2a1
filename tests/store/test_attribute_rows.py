"""Attributes are found as written, whatever their names hold."""

import polars as pl
import pytest

from firstlight_store.attribute_rows import AttributeRows

PAIRS = [
    [("size", "small"), ("colour", "red")],
    [],
    [("size", "large")],
    None,
    [("size", "small"), ("1:a", "b"), ("", "nameless"), ("ab", "c"), ("größe", "")],
    [("a", "bc"), ("1:", "ab")],
]


@pytest.fixture(scope="module")
def found() -> AttributeRows:
    rows = [None if pairs is None else [{"key": key, "value": value} for key, value in pairs] for pairs in PAIRS]
    kind = pl.List(pl.Struct({"key": pl.String(), "value": pl.String()}))
    return AttributeRows.of(pl.Series("attributes", rows, dtype=kind))


def test_every_pair_is_found_in_its_rows_and_no_other(found: AttributeRows) -> None:
    pairs = {pair for own in PAIRS for pair in own or ()}
    for key, value in pairs:
        expected = [own is not None and (key, value) in own for own in PAIRS]
        assert found.mask(key, [value]).tolist() == expected
        assert found.knows(key, value)
        assert found.knows_key(key)


def test_several_values_are_any_of_them(found: AttributeRows) -> None:
    assert found.mask("size", ["small", "large", "none"]).tolist() == [True, False, True, False, True, False]
    assert not found.mask("size", []).any()


@pytest.mark.parametrize(("key", "value"), [("a", "c"), ("b", "c"), ("siz", "esmall"), ("sizes", "mall"), ("zz", "")])
def test_what_nobody_has_is_not_known(found: AttributeRows, key: str, value: str) -> None:
    assert not found.knows(key, value)
    assert not found.mask(key, [value]).any()
    assert found.knows_key(key) is (key == "a")


def test_a_catalogue_without_attributes_has_none() -> None:
    kind = pl.List(pl.Struct({"key": pl.String(), "value": pl.String()}))
    none = AttributeRows.of(pl.Series("attributes", [None, []], dtype=kind))
    assert not none.knows_key("size")
    assert none.mask("size", ["small"]).tolist() == [False, False]
