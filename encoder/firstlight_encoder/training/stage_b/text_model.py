"""A text encoder with gradients: token ids in, unit vectors out. Knows nothing of items or losses."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import CPU, fastest_dtype, products_in
from firstlight_encoder.length_batches import close_length_batches
from firstlight_encoder.training.tensors import tensor
from firstlight_encoder.transformer import load_transformer

TOKEN_BUDGET: Final = {CPU: 8_192}
"""Tokens that go through the model together: what fits a processor's cache."""

GPU_TOKEN_BUDGET = 65_536
"""The same where memory allows more."""

PADDING: Final = {CPU: 0.15}
"""Share of a text that may be padding: on a processor arithmetic costs more than another call."""

GPU_PADDING = 1.0
"""On a GPU calls cost more than arithmetic."""


class TextModel(nn.Module):
    """The transformer of a checkpoint in float32, computing in the device's fastest precision."""

    def __init__(self, checkpoint: Checkpoint, *, device: str) -> None:
        super().__init__()
        self.transformer = load_transformer(checkpoint, dtype=torch.float32).to(device)
        self._pooling, self._device, self._dtype = checkpoint.pooling, device, fastest_dtype(device)
        self._budget = TOKEN_BUDGET.get(device, GPU_TOKEN_BUDGET)
        self._padding = PADDING.get(device, GPU_PADDING)

    def forward(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Token ids of ``n`` texts -> ``(n, dimension)`` float32 unit rows, in their order."""
        batches = list(close_length_batches([len(text) for text in texts], budget=self._budget, padding=self._padding))
        vectors = torch.cat([self._pooled([texts[int(row)] for row in batch]) for batch in batches])
        place = np.empty(len(texts), np.int64)
        place[np.fromiter(chain.from_iterable(batches), np.int64, len(texts))] = np.arange(len(texts))
        return functional.embedding(tensor(place).to(self._device), vectors)

    def _pooled(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """The texts of one batch, ``(b, dimension)``; the longest comes first."""
        lengths = [len(text) for text in texts]
        placed = np.asarray(np.arange(lengths[0])[None, :] < np.array(lengths)[:, None], np.bool_)
        padded = np.zeros((len(texts), lengths[0]), np.int64)
        padded[placed] = np.fromiter(chain.from_iterable(texts), np.int64, sum(lengths))
        ids, present = tensor(padded).to(self._device), tensor(placed).to(self._device)
        # Without a mask attention takes its fastest path.
        mask = None if lengths[-1] == lengths[0] else present.long()
        with products_in(self._dtype, device=self._device):
            states: Tensor = self.transformer(input_ids=ids, attention_mask=mask).last_hidden_state
        if self._pooling == "cls":
            return functional.normalize(states[:, 0].float(), dim=-1)
        kept = states.float() * present[:, :, None]
        return functional.normalize(kept.sum(1) / present.sum(1, keepdim=True), dim=-1)
