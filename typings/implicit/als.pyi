# ruff: noqa: N803 - the names are implicit's
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

class AlternatingLeastSquares:
    def __init__(
        self,
        *,
        factors: int,
        regularization: float,
        iterations: int,
        num_threads: int,
        random_state: int,
    ) -> None: ...
    def fit(self, user_items: csr_matrix, show_progress: bool = True) -> None: ...
    def recommend(
        self,
        userid: NDArray[np.int64],
        user_items: csr_matrix,
        N: int = 10,
        *,
        filter_already_liked_items: bool = True,
        recalculate_user: bool = False,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]: ...
