"""Texts as a transformer reads them, in batches of one length. Knows nothing of what is learnt from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from firstlight_encoder.checkpoint import Checkpoint, Pooling
from firstlight_encoder.length_batches import equal_length_batches
from firstlight_encoder.text_tokenizer import unpadded_tokenizer


@dataclass(frozen=True)
class TextTokens:
    """Tokenised texts.

    Attributes:
        ids: token ids of every text.
        pooling: how their states become one vector.
    """

    ids: Sequence[Sequence[int]]
    pooling: Pooling

    @classmethod
    def of(cls, texts: Sequence[str], checkpoint: Checkpoint) -> "TextTokens":
        """Reads ``texts`` as ``checkpoint`` would."""
        tokenizer = unpadded_tokenizer(checkpoint.tokenizer, max_tokens=checkpoint.max_tokens)
        return cls([encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts))], checkpoint.pooling)

    def batches(self, *, budget: int) -> list[NDArray[np.int64]]:
        """Row numbers ``(b,)`` of texts of one length, at most ``budget`` tokens together."""
        return list(equal_length_batches([len(own) for own in self.ids], budget=budget))

    def endless(self, *, budget: int, seed: int) -> Iterator[NDArray[np.int64]]:
        """Batches for training: every text once, in random company and order, then anew."""
        random = np.random.default_rng(seed)
        while True:
            order = random.permutation(len(self.ids))
            batches = [order[rows] for rows in self._of(order).batches(budget=budget)]
            yield from (batches[place] for place in random.permutation(len(batches)))

    def sample(self, count: int, *, seed: int) -> "TextTokens":
        """At most ``count`` of the texts, drawn at random."""
        chosen = np.random.default_rng(seed).permutation(len(self.ids))[:count]
        return self._of(chosen)

    def vectors(self, transformer: nn.Module, rows: NDArray[np.int64]) -> Tensor:
        """``(b, d)`` unit rows of the texts ``rows``, which must be of one length."""
        ids = torch.tensor([self.ids[row] for row in rows.tolist()])
        states: Tensor = transformer(input_ids=ids).last_hidden_state
        return functional.normalize(states.mean(1) if self.pooling == "mean" else states[:, 0], dim=-1)

    def _of(self, rows: NDArray[np.int64]) -> "TextTokens":
        return TextTokens([self.ids[int(row)] for row in rows], self.pooling)
