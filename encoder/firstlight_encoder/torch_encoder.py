"""The text encoder offline: any sentence-transformers directory or Hugging Face checkpoint on disk, in bf16 on torch.

Batches hold texts of exactly one length, sorted inside the whole call and cut by a token budget, so nothing is padded
and no mask is computed. Knows nothing of items or caches.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import CPU, chosen_device, fastest_dtype
from firstlight_encoder.length_batches import equal_length_batches
from firstlight_encoder.parameters import Floats
from firstlight_encoder.text_tokenizer import unpadded_tokenizer
from firstlight_encoder.transformer import load_transformer

Progress = Callable[[int, int], None]

TOKEN_BUDGET = 8_192
"""Tokens a batch: large enough for full matrix units, small enough for the cache (measured in docs/model.md)."""

GPU_TOKEN_BUDGET = 131_072
"""The same on a GPU, which has more units to fill."""


class TorchTextEncoder:
    """Offline ``TextEncoder``. ``dtype`` is bf16 where the processor multiplies it natively, else float32."""

    def __init__(self, checkpoint: Checkpoint, *, device: str | None = None, dtype: torch.dtype | None = None) -> None:
        """Loads the weights of ``checkpoint``.

        Args:
            checkpoint: what to encode with.
            device: torch's name of it; None for the GPU where there is one.
            dtype: to compute in; None for the fastest the device has.
        """
        self._checkpoint = checkpoint
        self._device = device or chosen_device()
        self._budget = TOKEN_BUDGET if self._device == CPU else GPU_TOKEN_BUDGET
        self._tokenizer = unpadded_tokenizer(checkpoint.tokenizer, max_tokens=checkpoint.max_tokens)
        self._model = load_transformer(checkpoint, dtype=dtype or fastest_dtype(self._device)).to(self._device)

    @classmethod
    def load(cls, directory: Path | str) -> "TorchTextEncoder":
        """Opens the checkpoint in ``directory``.

        Raises:
            CheckpointError: naming the missing or unsupported file.
        """
        return cls(Checkpoint.open(Path(directory)))

    @property
    def dimension(self) -> int:
        """Width of a vector."""
        return self._checkpoint.dimension

    @property
    def fingerprint(self) -> str:
        """Hex digest of the checkpoint's weights, tokenizer and pooling; the same on every machine, in every dtype."""
        return self._checkpoint.fingerprint

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Floats:
        """``(len(texts), dimension)`` float32 unit rows, in order. ``progress`` is told texts done and in all."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        done = 0
        for batch in equal_length_batches([len(tokens) for tokens in ids], budget=self._budget):
            out[batch] = self._forward([ids[row] for row in batch.tolist()])
            done += len(batch)
            if progress:
                progress(done, len(texts))
        return out

    @torch.inference_mode()
    def _forward(self, ids: list[list[int]]) -> Floats:
        """Texts of one length as token ids ``(b, n)`` -> ``(b, dimension)`` unit rows."""
        states: torch.Tensor = self._model(input_ids=torch.tensor(ids, device=self._device)).last_hidden_state.float()
        pooled = states.mean(1) if self._checkpoint.pooling == "mean" else states[:, 0]
        vectors: Floats = functional.normalize(pooled, dim=-1).cpu().numpy()
        return vectors
