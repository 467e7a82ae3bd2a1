"""The tokens of a catalogue's texts, read once. Knows nothing of what the texts say or of models."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.text_tokenizer import unpadded_tokenizer


@dataclass(frozen=True)
class ItemTokens:
    """Items as the text encoder reads them; several may share one text.

    Attributes:
        ids: token ids of ``t`` distinct texts.
        item_rows: ``(n,)`` int64, the text of every item of the catalogue.
    """

    ids: Sequence[Sequence[int]]
    item_rows: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str], checkpoint: Checkpoint) -> "ItemTokens":
        """Reads the texts of ``n`` items, as long as ``checkpoint`` reads them."""
        row_of = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        tokenizer = unpadded_tokenizer(checkpoint.tokenizer, max_tokens=checkpoint.max_tokens)
        encodings = tokenizer.encode_batch_fast(list(row_of))
        rows = np.fromiter((row_of[text] for text in texts), np.int64, len(texts))
        return cls([encoding.ids for encoding in encodings], rows)

    @cached_property
    def digest(self) -> str:
        """Hex digest of everything in it."""
        content = repr([list(ids) for ids in self.ids]).encode() + self.item_rows.tobytes()
        return hashlib.sha256(content).hexdigest()
