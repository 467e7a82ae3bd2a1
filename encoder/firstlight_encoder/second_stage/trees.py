"""A trained ensemble of trees, run by ONNX Runtime: a server needs no training library.

Knows nothing of what the features mean.
"""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

from firstlight_encoder.errors import SpaceFormatError

_ROWS_AT_ONCE = 128
"""ONNX Runtime takes twice the time a row where there are more: 0.83 us of 128, 1.47 of 256 (150 trees)."""

INPUT = "features"
"""The name of the model's input."""


class Trees:
    """Features in, scores out. Safe across threads."""

    def __init__(self, model: bytes) -> None:
        """Takes an ONNX model of one input, ``INPUT`` ``(c, features)`` float32 and one output ``(c, 1)`` float32."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.model = model

    @classmethod
    def load(cls, path: Path) -> "Trees":
        """Reads a model that was written as bytes.

        Raises:
            OSError: if there is no such file.
            SpaceFormatError: if ONNX Runtime cannot read it.
        """
        try:
            return cls(path.read_bytes())
        except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as error:
            raise SpaceFormatError(f"{path} holds no readable trees: {error}; rebuild it") from error

    def scores(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(c,)`` float32 of ``(c, features)`` float32: higher is better."""
        parts = [matrix[start : start + _ROWS_AT_ONCE] for start in range(0, len(matrix), _ROWS_AT_ONCE)]
        found = [np.asarray(self._session.run(None, {INPUT: part})[0], np.float32)[:, 0] for part in parts]
        return found[0] if len(found) == 1 else np.concatenate(found)
