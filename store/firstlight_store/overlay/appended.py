"""An array with rows put after its own, without a copy of those that lie in a mapped file.

The file's pages are mapped once more, privately, in front of fresh memory: they stay the system's cache, which all
processes share. What is not mapped, or not on Linux, is copied. Knows nothing of what the rows are.
"""

import ctypes
import mmap
import os
import sys
import weakref
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)
_MAP_FIXED, _MAP_NORESERVE = 0x10, 0x4000  # the mmap module does not name them everywhere
_FAILED = ctypes.c_void_p(-1).value
_ACCESS = mmap.PROT_READ | mmap.PROT_WRITE


@dataclass(frozen=True)
class _InFile:
    """Where an array's bytes lie: ``length`` of them from ``offset`` on."""

    path: str
    offset: int
    length: int


def appended(array: NDArray[_Scalar], rows: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """``array`` ``(n, ...)`` and after it ``rows`` ``(m, ...)`` of the same type, read-only ``(n + m, ...)``."""
    place = _in_file(array)
    whole = None if place is None else _mapped(place, array, rows)
    if whole is None:
        whole = np.concatenate([array, rows])
    whole.flags.writeable = False
    return whole


def _in_file(array: NDArray[_Scalar]) -> _InFile | None:
    """Where ``array`` is mapped from; None if it is not, or not in one piece."""
    owner: object = array
    while isinstance(owner, np.ndarray) and not isinstance(owner, np.memmap):
        owner = owner.base
    if sys.platform != "linux" or not isinstance(owner, np.memmap) or not array.flags.c_contiguous or not array.size:
        return None
    mapped = cast("object", owner.base)
    while isinstance(mapped, np.ndarray):
        mapped = cast("object", mapped.base)
    if not isinstance(mapped, mmap.mmap) or not owner.filename:
        return None
    begins = owner.offset - owner.offset % mmap.ALLOCATIONGRANULARITY
    ahead = array.ctypes.data - np.frombuffer(mapped, np.uint8).ctypes.data
    return _InFile(os.fspath(owner.filename), begins + ahead, array.nbytes)


def _mapped(place: _InFile, array: NDArray[_Scalar], rows: NDArray[_Scalar]) -> NDArray[_Scalar] | None:
    """The rows behind the file's pages; None where the system will not map them so."""
    ahead = place.offset % mmap.PAGESIZE
    size = ahead + place.length + rows.nbytes
    library = ctypes.CDLL(None, use_errno=True)
    library.mmap.restype = ctypes.c_void_p
    library.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
    library.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    address = library.mmap(None, size, _ACCESS, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE, -1, 0)
    if address == _FAILED:
        return None
    memory = (ctypes.c_char * size).from_address(address)
    weakref.finalize(memory, library.munmap, address, size).atexit = False
    try:
        file = os.open(place.path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fixed = mmap.MAP_PRIVATE | _MAP_FIXED
        over = library.mmap(address, ahead + place.length, _ACCESS, fixed, file, place.offset - ahead)
    finally:
        os.close(file)
    if over == _FAILED:
        return None
    count = array.size + rows.size
    flat: NDArray[_Scalar] = np.frombuffer(memoryview(memory), array.dtype, count, ahead)
    whole = flat.reshape(len(array) + len(rows), *array.shape[1:])
    whole[len(array) :] = rows
    return whole
