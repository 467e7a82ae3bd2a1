"""The order of numbers from the highest, the same on every machine. Knows nothing of what they stand for."""

import numpy as np
from numpy.typing import NDArray

_PLACE_BITS = 32


def descending(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """For each line of ``values`` ``(..., c)``, no NaN, the places from the highest; of equal ones the first is first.

    Sorts integers that hold a value's bits above its place: no two are equal, so that every algorithm gives the same
    order, and the fastest there is, which need not be stable, may be used.
    """
    keys = _keys(values)
    keys.sort(axis=-1)
    return _places(keys)


def highest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The first ``count`` of ``descending``, in no order; all where there are no more."""
    keys = _keys(values)
    if count < keys.shape[-1]:
        keys.partition(count, axis=-1)
    return _places(keys[..., :count])


def _keys(values: NDArray[np.float32]) -> NDArray[np.int64]:
    bits: NDArray[np.int32] = np.subtract(np.float32(0), values).view(np.int32)  # not negated: one zero, not two
    keys: NDArray[np.int64] = (bits ^ (bits >> 31 & 0x7FFFFFFF)).astype(np.int64)  # those of negatives run backward
    keys <<= _PLACE_BITS
    places: NDArray[np.int64] = np.arange(int(values.shape[-1]))
    keys |= places
    return keys


def _places(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    return keys & ((1 << _PLACE_BITS) - 1)
