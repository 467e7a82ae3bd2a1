"""A real, tiny text encoder for the server's tests: word embeddings, mean, unit length, as ONNX and a tokenizer file.

It is read by the product's own `OnnxTextEncoder`; only its weights are random.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from firstlight_encoder.onnx_encoder import FACTS_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxTextEncoder

TEXT_DIMENSION = 16
FINGERPRINT = "tiny-text-encoder"
VOCABULARY = 512


def write_tiny_encoder(directory: Path, texts: Iterable[str]) -> OnnxTextEncoder:
    """Writes an encoder that knows the words of `texts` into `directory`, and loads it."""
    directory.mkdir(parents=True, exist_ok=True)
    words = sorted({word for text in texts for word in text.lower().replace(":", " ").split()})[: VOCABULARY - 2]
    vocabulary = {"[PAD]": 0, "[UNK]": 1} | {word: number for number, word in enumerate(words, start=2)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(directory / TOKENIZER_FILE))
    (directory / MODEL_FILE).write_bytes(_model().SerializeToString())
    facts = {"dimension": TEXT_DIMENSION, "fingerprint": FINGERPRINT, "max_tokens": 32}
    (directory / FACTS_FILE).write_text(json.dumps(facts), encoding="utf-8")
    return OnnxTextEncoder.load(directory)


def _model() -> onnx.ModelProto:
    table = np.random.default_rng(7).normal(size=(VOCABULARY, TEXT_DIMENSION)).astype(np.float32)
    constants: dict[str, NDArray[np.generic]] = {
        "table": table,
        "last": np.array([2], np.int64),
        "words": np.array([1], np.int64),
        "width": np.array([1], np.int64),
        "small": np.array([1e-6], np.float32),
    }
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["embedded"], axis=0),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["mask3"]),
        helper.make_node("Mul", ["embedded", "mask3"], ["masked"]),
        helper.make_node("ReduceSum", ["masked", "words"], ["summed"], keepdims=0),
        helper.make_node("ReduceL2", ["summed", "width"], ["length"], keepdims=1),
        helper.make_node("Max", ["length", "small"], ["safe_length"]),
        helper.make_node("Div", ["summed", "safe_length"], ["vectors"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "n"]) for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["b", TEXT_DIMENSION])]
    initial = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, initial)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
