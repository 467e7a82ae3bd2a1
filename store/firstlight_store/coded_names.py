"""A column of names, held as one small number a row, so that "is it one of these" costs one look-up a row.

One row may go by several names (each level of a category path). It knows nothing of what the names stand for.
"""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray


def folded(name: str) -> str:
    """Return `name` as it is compared: without case, and with single spaces."""
    return " ".join(name.split()).casefold()


class CodedNames:
    """Per row a code (n,) of integers, and per name the codes that go by it."""

    def __init__(self, codes: NDArray[np.integer], *, code_count: int, codes_by_name: dict[str, list[int]]) -> None:
        self._codes = codes
        self._code_count = code_count
        self._codes_by_name = codes_by_name

    @classmethod
    def build(cls, codes: NDArray[np.integer], names_by_code: Sequence[Iterable[str]]) -> Self:
        """Take each row's code and each code's names, which are folded here."""
        codes_by_name: dict[str, list[int]] = {}
        for code, names in enumerate(names_by_code):
            for name in {folded(name) for name in names}:
                codes_by_name.setdefault(name, []).append(code)
        return cls(codes, code_count=len(names_by_code), codes_by_name=codes_by_name)

    def __contains__(self, name: str) -> bool:
        return folded(name) in self._codes_by_name

    def mask(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Return (n,) bool: the rows that go by any of `names`; unknown names match nothing."""
        wanted = np.zeros(self._code_count, dtype=np.bool_)
        for name in names:
            wanted[self._codes_by_name.get(folded(name), [])] = True
        mask: NDArray[np.bool_] = wanted[self._codes]
        return mask
