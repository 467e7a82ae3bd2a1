"""safetensors files of float32 matrices: written with fingerprints, and mapped into memory without a copy.

The header is parsed here, strictly, so that a file's shape is known without handing its bytes to a library.
It knows nothing of what the rows mean.
"""

import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from firstlight_store.errors import LayoutMismatch

_LENGTH_BYTES: Final = 8
_LARGEST_HEADER_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class MatrixHeader:
    """Where the one float32 matrix of a safetensors file lies, and what it claims to be."""

    name: str
    rows: int
    columns: int
    offset: int
    """Bytes from the file's start to the first number."""
    metadata: Mapping[str, str]


def write_vectors(
    path: Path, rows: NDArray[np.float32], *, name: str, encoder_fingerprint: str, space_fingerprint: str
) -> None:
    """Write `rows` (n, d) float32 as the tensor `name`, stamped with the build that they stem from.

    Raises:
        ValueError: `rows` is not a finite float32 matrix.
    """
    if rows.ndim != 2 or rows.dtype != np.float32 or not bool(np.isfinite(rows).all()):
        raise ValueError(f"{path.name}: {rows.dtype} {rows.shape} is not a finite (n, d) float32 matrix")
    # Not by the safetensors library, which orders metadata differently in every process: same rows, same bytes.
    header = {
        "__metadata__": {"encoder_fingerprint": encoder_fingerprint, "space_fingerprint": space_fingerprint},
        name: {"dtype": "F32", "shape": list(rows.shape), "data_offsets": [0, rows.size * 4]},
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % _LENGTH_BYTES)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(_LENGTH_BYTES, "little") + text)
        np.ascontiguousarray(rows, dtype="<f4").tofile(file)


def read_matrix_header(path: Path) -> MatrixHeader:
    """Return the header of a file that holds exactly one float32 matrix, filling the file to its end.

    Raises:
        LayoutMismatch: it holds anything else.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if size < _LENGTH_BYTES or length > min(_LARGEST_HEADER_BYTES, size - _LENGTH_BYTES):
            raise LayoutMismatch(f"{path} has an impossible safetensors header of {length} bytes; rebuild it")
        data = file.read(length)
    try:
        return _header(data, offset=_LENGTH_BYTES + length, size=size)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LayoutMismatch(f"{path} is not a single float32 matrix ({error}); rebuild it") from error


def map_matrix(path: Path) -> NDArray[np.float32]:
    """Return the file's matrix (n, d) float32 as a read-only memory map, shared by all processes that map it.

    Raises:
        LayoutMismatch: the file holds anything but one float32 matrix.
    """
    header = read_matrix_header(path)
    if header.rows == 0:
        return np.empty((0, header.columns), dtype=np.float32)
    return np.memmap(path, dtype="<f4", mode="r", offset=header.offset, shape=(header.rows, header.columns))


def page_out(matrix: NDArray[np.float32]) -> None:
    """Hands the pages of a mapped matrix back: what was read whole once need not stay in the process's memory.

    What is read again comes out of the system's cache, or off the disk. Does nothing to a matrix that is not mapped.
    """
    if isinstance(matrix.base, mmap.mmap):
        matrix.base.madvise(mmap.MADV_DONTNEED)


def _header(data: bytes, *, offset: int, size: int) -> MatrixHeader:
    content = cast("dict[str, dict[str, object]]", json.loads(data))
    metadata = {str(key): str(value) for key, value in content.pop("__metadata__", {}).items()}
    ((name, tensor),) = content.items()
    rows, columns = cast("list[int]", tensor["shape"])
    extent = [0, rows * columns * 4]
    if tensor["dtype"] != "F32" or tensor["data_offsets"] != extent or offset + extent[1] != size or columns < 1:
        raise ValueError(f"tensor {name!r} is {tensor} in a file of {size} bytes")
    return MatrixHeader(name, rows, columns, offset, metadata)
