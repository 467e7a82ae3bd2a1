"""The text encoder online: ONNX Runtime and a tokenizer, no torch.

One thread a session: servers scale by processes. Knows nothing of requests or snapshots.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from firstlight_encoder.errors import CheckpointError

MODEL_FILE, TOKENIZER_FILE, FACTS_FILE = "model.onnx", "tokenizer.json", "text.json"
BATCH = 32
"""Texts encoded together at most: bounds the memory of one call."""


class OnnxTextEncoder:
    """Online ``TextEncoder``; safe to call from several threads."""

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, *, dimension: int, fingerprint: str
    ) -> None:
        self._session, self._tokenizer = session, tokenizer
        self.dimension, self.fingerprint = dimension, fingerprint

    @classmethod
    def load(cls, directory: Path) -> "OnnxTextEncoder":
        """Opens what ``export.export_onnx`` wrote.

        Raises:
            CheckpointError: if a file is missing or unreadable.
        """
        for name in (MODEL_FILE, TOKENIZER_FILE, FACTS_FILE):
            if not (directory / name).is_file():
                raise CheckpointError(f"no text encoder in {directory}: {name} is missing; rebuild with `make index`")
        facts = json.loads((directory / FACTS_FILE).read_text(encoding="utf-8"))
        tokenizer: Tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
        tokenizer.enable_truncation(int(facts["max_tokens"]))
        tokenizer.enable_padding()
        return cls(
            _session(directory / MODEL_FILE),
            tokenizer,
            dimension=int(facts["dimension"]),
            fingerprint=str(facts["fingerprint"]),
        )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """``(len(texts), dimension)`` float32, unit rows."""
        parts = [self._encode(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch(texts)
        feeds = {
            "input_ids": np.asarray([encoding.ids for encoding in encodings], np.int64),
            "attention_mask": np.asarray([encoding.attention_mask for encoding in encodings], np.int64),
        }
        vectors: Any = self._session.run(["vectors"], feeds)[0]
        return np.asarray(vectors, np.float32)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # A spinning thread beside another process's costs more than it saves (docs/structure.md).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
