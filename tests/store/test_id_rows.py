"""Every id finds its row, whatever ids there are, and what is no id finds none."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight_store.id_rows import IdRows
from firstlight_store.text_column import TextColumn


@given(st.lists(st.text(max_size=6), unique=True, max_size=60), st.text(max_size=6))
def test_ids_are_found_and_nothing_else_is(ids: list[str], other: str) -> None:
    rows = IdRows.of(TextColumn.of(ids))
    assert [rows.find(item_id) for item_id in ids] == list(range(len(ids)))
    assert rows.find(other) == (ids.index(other) if other in ids else None)


def test_ids_of_one_checksum_are_told_apart() -> None:
    ids = ["buckeroo", "plumless", "other"]
    assert zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")
    rows = IdRows.of(TextColumn.of(ids))
    assert [rows.find(item_id) for item_id in ids] == [0, 1, 2]
    assert IdRows.of(TextColumn.of(ids[:1])).find("plumless") is None


@pytest.mark.parametrize(
    ("checksums", "rows"), [([1, 2], [0, 1]), ([3, 2, 4], [0, 1, 2]), ([1, 2, 3], [0, 1, 3]), ([1, 2, 3], [0, 1, -1])]
)
def test_arrays_that_do_not_fit_the_ids_are_refused(checksums: list[int], rows: list[int]) -> None:
    with pytest.raises(ValueError, match="ids'"):
        IdRows(TextColumn.of(["a", "b", "c"]), np.array(checksums, np.uint32), np.array(rows, np.int32))
