from typing import Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from rectools.dataset import Dataset

class SASRecModel:
    torch_model: torch.nn.Module
    def __init__(
        self,
        *,
        n_factors: int,
        n_blocks: int,
        n_heads: int,
        dropout_rate: float,
        session_max_len: int,
        loss: str,
        n_negatives: int,
        batch_size: int,
        lr: float,
        recommend_torch_device: str,
    ) -> None: ...
    def fit_partial(self, dataset: Dataset, *, min_epochs: int, max_epochs: int) -> SASRecModel: ...
    def recommend(
        self,
        users: NDArray[np.int64],
        dataset: Dataset,
        *,
        k: int,
        filter_viewed: bool,
        on_unsupported_targets: Literal["raise", "warn", "ignore"],
    ) -> pd.DataFrame: ...
