# ruff: noqa: N801, N802 - the names are SciPy's
# The part of scipy.sparse that firstlight_evaluation uses; SciPy ships no types.
import numpy as np
from numpy.typing import NDArray

class csr_array:
    def __init__(
        self,
        entries: tuple[NDArray[np.float32], tuple[NDArray[np.int64], NDArray[np.int64]]],
        *,
        shape: tuple[int, int],
    ) -> None: ...
    @property
    def T(self) -> csr_array: ...
    def __matmul__(self, other: csr_array) -> csr_array: ...
    def tocsr(self) -> csr_array: ...
    def toarray(self) -> NDArray[np.float32]: ...
