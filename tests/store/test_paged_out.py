"""Pages that are handed back leave the process's memory, and what is read again is what it was."""

import os
from pathlib import Path

import numpy as np
import pytest

from firstlight_store import write_vectors
from firstlight_store.safetensors_file import map_matrix, page_out

ROWS = np.random.default_rng(0).standard_normal((20_000, 64), np.float32)
FEW_KIB = 1_024


def resident_kib(path: Path) -> int:
    """How much of a file's mapping lies in this process's memory."""
    blocks = Path(f"/proc/{os.getpid()}/smaps").read_text(encoding="utf-8").split("\nVmFlags:")
    (block,) = (block for block in blocks if str(path) in block)
    (line,) = (line for line in block.splitlines() if line.startswith("Rss:"))
    return int(line.split()[1])


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="Linux alone tells what is mapped")
def test_what_was_read_whole_leaves_and_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "vectors.safetensors"
    write_vectors(path, ROWS, name="items", encoder_fingerprint="e", space_fingerprint="s")
    mapped = map_matrix(path)
    assert (np.asarray(mapped) == ROWS).all()
    assert resident_kib(path) > 4 * FEW_KIB
    page_out(mapped)
    assert resident_kib(path) < FEW_KIB
    assert (np.asarray(mapped)[[0, 9_999, -1]] == ROWS[[0, 9_999, -1]]).all()


def test_a_matrix_that_is_not_mapped_stays_as_it_is() -> None:
    rows = ROWS.copy()
    page_out(rows)
    assert (rows == ROWS).all()
