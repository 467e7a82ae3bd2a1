# The part of scipy.sparse.linalg that the encoder's training uses; SciPy ships no types.
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

def svds(
    matrix: csr_array, *, k: int, v0: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]: ...
