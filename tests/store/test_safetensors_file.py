from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from firstlight_store import LayoutMismatch, map_matrix, write_vectors

ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)


def write(path: Path, rows: np.ndarray = ROWS) -> Path:
    write_vectors(path, rows, name="items", encoder_fingerprint="e", space_fingerprint="s")
    return path


def test_the_library_reads_what_was_written(tmp_path: Path) -> None:
    tensors = load(write(tmp_path / "x.safetensors").read_bytes())
    assert list(tensors) == ["items"]
    np.testing.assert_array_equal(tensors["items"], ROWS)


def test_the_map_shows_the_rows_aligned_and_read_only(tmp_path: Path) -> None:
    mapped = map_matrix(write(tmp_path / "x.safetensors"))
    np.testing.assert_array_equal(mapped, ROWS)
    assert mapped.flags.aligned
    assert not mapped.flags.writeable


def test_rows_in_any_memory_order_are_written_row_by_row(tmp_path: Path) -> None:
    np.testing.assert_array_equal(map_matrix(write(tmp_path / "x.safetensors", np.asfortranarray(ROWS))), ROWS)


def test_no_rows_are_a_matrix_too(tmp_path: Path) -> None:
    assert map_matrix(write(tmp_path / "x.safetensors", ROWS[:0])).shape == (0, 3)


@pytest.mark.parametrize("rows", [ROWS.astype(np.float64), ROWS[0], np.full((2, 2), np.nan, dtype=np.float32)])
def test_rows_that_are_no_finite_float32_matrix_are_not_written(tmp_path: Path, rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match="not a finite"):
        write(tmp_path / "x.safetensors", rows)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 7,
        (1 << 60).to_bytes(8, "little"),
        (2).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        save({"items": ROWS.astype(np.float16)}),
        save({"items": ROWS[0]}),
        save({"items": ROWS, "more": ROWS}),
        save({"items": ROWS})[:-1],
        save({"items": ROWS}) + b"\x00",
    ],
    ids=[
        "nothing", "half a length", "an endless header", "no tensor", "a list", "halves", "a vector", "two matrices",
        "a byte short", "a byte long",
    ],
)  # fmt: skip
def test_a_file_of_anything_but_one_matrix_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.safetensors").write_bytes(data)
    with pytest.raises(LayoutMismatch, match=r"x\.safetensors"):
        map_matrix(tmp_path / "x.safetensors")
