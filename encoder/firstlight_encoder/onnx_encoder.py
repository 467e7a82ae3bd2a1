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
from firstlight_encoder.length_batches import close_length_batches
from firstlight_encoder.parameters import Floats
from firstlight_encoder.text_tokenizer import unpadded_tokenizer

MODEL_FILE, TOKENIZER_FILE, FACTS_FILE = "model.onnx", "tokenizer.json", "text.json"
BATCH_TOKENS = 96
"""Tokens encoded together at most, padding included: about five titles. Of sixteen as they come a text takes 6.6 ms, of
five of about its own length 5.0."""

PADDING = 0.15
"""The share of the longest text of a batch that another may lack."""


class OnnxTextEncoder:
    """Online ``TextEncoder``; safe to call from several threads.

    Attributes:
        dimension: width of a vector.
        fingerprint: hex digest of the checkpoint it was exported from.
    """

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, *, dimension: int, fingerprint: str
    ) -> None:
        """Takes the opened graph and a tokenizer that does not pad; ``load`` opens both from files."""
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
        tokenizer = unpadded_tokenizer(directory / TOKENIZER_FILE, max_tokens=longest)
        return cls(_session(directory / MODEL_FILE), tokenizer, dimension=dimension, fingerprint=fingerprint)

    def encode(self, texts: Sequence[str]) -> Floats:
        """``(len(texts), dimension)`` float32, unit rows, in the order of ``texts``."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(ids), self.dimension), np.float32)
        for rows in close_length_batches([len(own) for own in ids], budget=BATCH_TOKENS, padding=PADDING):
            vectors[rows] = self._encode([ids[row] for row in rows.tolist()])
        return vectors

    def _encode(self, ids: list[list[int]]) -> Floats:
        """``(b, dimension)`` float32 of the token ids of ``b`` texts."""
        shape = len(ids), max(map(len, ids))
        tokens, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, own in enumerate(ids):
            tokens[row, : len(own)], mask[row, : len(own)] = own, 1
        return np.asarray(self._session.run(["vectors"], {"input_ids": tokens, "attention_mask": mask})[0], np.float32)


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
