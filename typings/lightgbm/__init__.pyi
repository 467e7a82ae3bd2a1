# The part of LightGBM that firstlight_encoder.training uses; its own types are partial.
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

class Dataset:
    def __init__(
        self,
        data: NDArray[np.float32],
        label: NDArray[np.int32] | None = None,
        *,
        group: NDArray[np.int64] | None = None,
    ) -> None: ...

class Booster:
    def dump_model(self) -> dict[str, Any]: ...
    def predict(self, data: NDArray[np.float32]) -> NDArray[np.float64]: ...

def train(params: Mapping[str, Any], train_set: Dataset, num_boost_round: int = 100) -> Booster: ...
