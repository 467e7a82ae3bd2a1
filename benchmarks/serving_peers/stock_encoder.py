"""The text encoder as its authors run it: SentenceTransformer.encode of the same weights, fp32, on one thread.

Knows nothing of servers.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from benchmarks.serving_peers.stock_weights import weights

BATCH = 32


class StockEncoder:
    """Encodes texts; safe across threads."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._model: Any = SentenceTransformer(str(weights()), device="cpu")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """``(len(texts), 384)`` float32, unit rows."""
        vectors = self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(vectors, np.float32)
