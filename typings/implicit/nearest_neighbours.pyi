# ruff: noqa: N803 - the names are implicit's
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

class ItemItemRecommender:
    def __init__(self, K: int = 20, *, num_threads: int = 0) -> None: ...
    def fit(self, weighted: csr_matrix, show_progress: bool = True) -> None: ...
    def recommend(
        self,
        userid: NDArray[np.int64],
        user_items: csr_matrix,
        N: int = 10,
        *,
        filter_already_liked_items: bool = True,
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...

class CosineRecommender(ItemItemRecommender): ...
class TFIDFRecommender(ItemItemRecommender): ...

class BM25Recommender(ItemItemRecommender):
    def __init__(self, K: int = 20, K1: float = 1.2, B: float = 0.75, *, num_threads: int = 0) -> None: ...
