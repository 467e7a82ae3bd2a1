# SciPy ships no types.
import numpy as np
from numpy.typing import NDArray

def inv(a: NDArray[np.float32], *, overwrite_a: bool = False, check_finite: bool = True) -> NDArray[np.float32]: ...
