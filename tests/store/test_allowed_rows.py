from typing import Any, cast

import numpy as np
import pytest

from firstlight_store import AllowedRows, IndexInputInvalid


def rows(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def test_a_mask_and_the_rows_it_allows_are_the_same_choice() -> None:
    from_rows = AllowedRows.from_rows(rows(9, 2, 2), total=11)
    assert (from_rows.rows.tolist(), from_rows.count, from_rows.total) == ([2, 9], 2, 11)
    assert from_rows.bitmap.tolist() == [0b100, 0b10]


def test_excluding_rows_leaves_the_original_as_it_was() -> None:
    everything = AllowedRows(np.ones(4, dtype=np.bool_))
    assert everything.without(rows(1, 3)).rows.tolist() == [0, 2]
    assert everything.count == 4


@pytest.mark.parametrize("row", [-1, 4])
def test_a_row_outside_the_catalogue_is_refused(row: int) -> None:
    with pytest.raises(IndexInputInvalid, match=r"not all inside 0\.\.3"):
        AllowedRows.from_rows(rows(row), total=4)
    with pytest.raises(IndexInputInvalid, match=r"not all inside 0\.\.3"):
        AllowedRows(np.ones(4, dtype=np.bool_)).without(rows(row))


def test_a_mask_of_numbers_is_refused() -> None:
    with pytest.raises(IndexInputInvalid, match="must be"):
        AllowedRows(cast("Any", rows(0, 1)))
