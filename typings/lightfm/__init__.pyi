# The part of lightfm-next that benchmarks.peers uses; it is installed in .venv-peers only.
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

class LightFM:
    user_embeddings: NDArray[np.float32]
    def __init__(self, *, no_components: int, loss: str, random_state: int) -> None: ...
    def fit(
        self,
        interactions: coo_matrix,
        *,
        user_features: csr_matrix | None,
        item_features: csr_matrix,
        epochs: int,
        num_threads: int,
    ) -> LightFM: ...
    def get_item_representations(self, features: csr_matrix) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    def get_user_representations(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
