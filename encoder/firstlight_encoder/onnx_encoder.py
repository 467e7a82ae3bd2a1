"""The text encoder online: ONNX Runtime and a tokenizer, no torch.

One thread a session: servers scale by processes. Knows nothing of requests or snapshots.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf
from tokenizers import Tokenizer

from firstlight_encoder.errors import CheckpointError
from firstlight_encoder.parameters import Floats
from firstlight_encoder.text_tokenizer import padded_tokenizer

MODEL_FILE, TOKENIZER_FILE, FACTS_FILE = "model.onnx", "tokenizer.json", "text.json"
BATCH = 32
"""Texts encoded together at most: bounds the memory of one call."""


class OnnxTextEncoder:
    """Online ``TextEncoder``; safe to call from several threads.

    Attributes:
        dimension: width of a vector.
        fingerprint: hex digest of the checkpoint it was exported from.
    """

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, *, dimension: int, fingerprint: str
    ) -> None:
        """Takes the opened graph and a tokenizer that pads; ``load`` opens both from files."""
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
        try:
            facts: Any = json.loads((directory / FACTS_FILE).read_text(encoding="utf-8"))
            dimension, longest = int(facts["dimension"]), int(facts["max_tokens"])
            fingerprint = str(facts["fingerprint"])
        except (ValueError, TypeError, KeyError) as error:
            raise CheckpointError(
                f"{directory / FACTS_FILE} does not describe a text encoder: {error!r}; rebuild with `make index`"
            ) from error
        tokenizer = padded_tokenizer(directory / TOKENIZER_FILE, max_tokens=longest)
        return cls(_session(directory / MODEL_FILE), tokenizer, dimension=dimension, fingerprint=fingerprint)

    def encode(self, texts: Sequence[str]) -> Floats:
        """``(len(texts), dimension)`` float32, unit rows, in the order of ``texts``."""
        parts = [self._encode(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def _encode(self, texts: list[str]) -> Floats:
        encodings = self._tokenizer.encode_batch(texts)
        feeds = {
            "input_ids": np.asarray([encoding.ids for encoding in encodings], np.int64),
            "attention_mask": np.asarray([encoding.attention_mask for encoding in encodings], np.int64),
        }
        return np.asarray(self._session.run(["vectors"], feeds)[0], np.float32)


def _session(path: Path) -> onnxruntime.InferenceSession:
    """A session on one thread that does not spin.

    Raises:
        CheckpointError: if ONNX Runtime cannot read ``path``.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # A spinning thread beside another process's costs more than it saves (docs/structure.md).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as error:
        raise CheckpointError(f"{path} is not a readable ONNX graph: {error}; rebuild with `make index`") from error
