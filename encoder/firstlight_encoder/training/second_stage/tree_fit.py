"""LambdaRank over shortlists (Burges 2010, as LightGBM implements it). Knows nothing of what the features mean."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.trees import Trees
from firstlight_encoder.training.second_stage.onnx_trees import onnx_trees

TREES = 150
"""As many as a request can afford: they cost a server about a microsecond each."""

_PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 30,
    "lambdarank_norm": False,
    "label_gain": [0, 1],
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "max_bin": 63,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


@dataclass(frozen=True)
class Shortlists:
    """Shortlists laid end to end, ``r`` rows in all.

    Attributes:
        matrix: ``(r, features)`` float32.
        hits: ``(r,)`` bool, whether the candidate was taken.
        sizes: ``(s,)`` int64, how many rows each shortlist has.
    """

    matrix: NDArray[np.float32]
    hits: NDArray[np.bool_]
    sizes: NDArray[np.int64]

    def where(self, keep: NDArray[np.bool_]) -> "Shortlists":
        """The shortlists at which ``keep`` ``(s,)`` holds."""
        rows = np.repeat(keep, self.sizes)
        return Shortlists(self.matrix[rows], self.hits[rows], self.sizes[keep])

    @property
    def telling(self) -> NDArray[np.bool_]:
        """``(s,)`` bool: those that hold a hit; the others teach a ranker nothing."""
        starts = np.cumsum(self.sizes) - self.sizes
        return np.add.reduceat(self.hits.astype(np.int64), starts) > 0


def fit_trees(shortlists: Shortlists, *, seed: int) -> Trees:
    """Trees that put what was taken first. The same input and seed give the same trees.

    Args:
        shortlists: at least one of them telling.
        seed: of the draws of rows and features.
    """
    import lightgbm  # noqa: PLC0415 - takes over a second, and most commands fit no trees

    telling = shortlists.where(shortlists.telling)
    data = lightgbm.Dataset(telling.matrix, telling.hits.astype(np.int32), group=telling.sizes)
    booster = lightgbm.train({**_PARAMETERS, "seed": seed}, data, num_boost_round=TREES)
    return Trees(onnx_trees(booster.dump_model()))
