"""Names coded as a snapshot's are, with new codes for those that it does not hold. It knows nothing of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_Name = TypeVar("_Name")


@dataclass(frozen=True)
class Coded(Generic[_Name]):
    """Codes of names.

    Attributes:
        codes: every name -> its code.
        of_side: ``(m,)`` int32, those of the names that were laid over.
        of_nothing: one that no name has.
    """

    codes: dict[_Name, int]
    of_side: NDArray[np.int32]
    of_nothing: int


def coded(known: Mapping[_Name, int], names: Sequence[_Name]) -> Coded[_Name]:
    """The codes of ``names``, beside those ``known``."""
    codes = dict(known)
    for name in names:
        codes.setdefault(name, len(codes))
    return Coded(codes, np.array([codes[name] for name in names], np.int32), len(codes))
