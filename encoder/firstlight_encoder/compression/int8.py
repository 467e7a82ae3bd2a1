"""An exported text encoder with 8-bit weights: a quarter of the size and faster on processors with 8-bit products.

Weights are quantised once, each output channel with a scale of its own; activations as they come, at every call. Per
channel and not per matrix: on 300 product titles the mean cosine to the float encoder is .993 against .967. Knows
nothing of how the encoder was exported, or of what the loss costs.
"""

import json
import logging
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from firstlight_encoder.onnx_encoder import FACTS_FILE, MODEL_FILE, TOKENIZER_FILE


def quantise_export(exported: Path, directory: Path) -> None:
    """Writes what ``OnnxTextEncoder.load`` reads into ``directory`` (made if missing), from what ``exported`` holds.

    The same export gives the same bytes. The fingerprint stays: the vectors stand for the same encoder's.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _quiet():
        quantize_dynamic(
            str(exported / MODEL_FILE), str(directory / MODEL_FILE), weight_type=QuantType.QInt8, per_channel=True
        )
    model = onnx.ModelProto.FromString((directory / MODEL_FILE).read_bytes())
    (directory / MODEL_FILE).write_bytes(model.SerializeToString(deterministic=True))
    shutil.copyfile(exported / TOKENIZER_FILE, directory / TOKENIZER_FILE)
    facts = json.loads((exported / FACTS_FILE).read_text(encoding="utf-8")) | {"precision": "int8"}
    (directory / FACTS_FILE).write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


@contextmanager
def _quiet() -> Generator[None]:
    """The library advises, through the root logger, a clean-up of the graph that its exporter has done already."""
    logger = logging.getLogger()
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
