"""Writes a cut-down transformer as a text encoder's directory. Knows nothing of how it was cut or trained.

NOTE: removed heads are written as zeros, in full width, beside ``pruned_heads`` in config.json. So any library loads
the directory and computes the same vectors, and ``transformer.load_transformer`` takes the rows out and is faster.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] - its path is untyped
from torch import Tensor, nn

from firstlight_encoder.attention_heads import IN, LAYERS, OUT, kept_coordinates
from firstlight_encoder.checkpoint import CONFIG_FILE, PRUNED_HEADS, WEIGHTS_FILE, Checkpoint

_WEIGHTS = ("*.safetensors", "*.bin", "*.onnx", "*.h5", "*.msgpack", "*.ot", "onnx", "openvino", ".*")


def write_cut_checkpoint(
    base: Checkpoint, transformer: nn.Module, directory: Path, *, removed: Mapping[int, Sequence[int]]
) -> Checkpoint:
    """Writes ``transformer`` into ``directory`` (empty or missing) with everything else of ``base``, and opens it.

    Args:
        base: what it was cut from.
        transformer: the weights.
        directory: to write into.
        removed: the heads that were taken out of each layer.
    """
    shutil.copytree(base.directory, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_WEIGHTS))
    config = json.loads((base.directory / CONFIG_FILE).read_text(encoding="utf-8"))
    config["num_hidden_layers"] = int(transformer.config.num_hidden_layers)  # type: ignore[union-attr, arg-type]
    config[PRUNED_HEADS] = {str(layer): list(heads) for layer, heads in removed.items()}
    (directory / CONFIG_FILE).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    width = int(config["hidden_size"]) // int(config["num_attention_heads"])
    weights = {name: value.contiguous() for name, value in transformer.state_dict().items()}
    weights |= dict(_whole(weights, removed, size=int(config["hidden_size"]), width=width))
    save_file(weights, directory / WEIGHTS_FILE, metadata={"format": "pt"})
    return Checkpoint.open(directory)


def _whole(
    weights: Mapping[str, Tensor], removed: Mapping[int, Sequence[int]], *, size: int, width: int
) -> list[tuple[str, Tensor]]:
    """The projections of layers that lack heads, with zeros in their place."""
    widened: list[tuple[str, Tensor]] = []
    for layer, heads in removed.items():
        kept = kept_coordinates(size, heads, width=width)
        for name in IN:
            for kind in ("weight", "bias"):
                full_name = f"{LAYERS}.{layer}.attention.self.{name}.{kind}"
                widened.append((full_name, _scattered(weights[full_name], kept, size=size)))
        full_name = f"{LAYERS}.{layer}.{OUT}.weight"
        widened.append((full_name, _scattered(weights[full_name].T, kept, size=size).T.contiguous()))
    return widened


def _scattered(rows: Tensor, kept: Tensor, *, size: int) -> Tensor:
    """``rows`` at the places ``kept`` of a tensor of ``size`` rows, else zeros."""
    whole = torch.zeros((size, *rows.shape[1:]), dtype=rows.dtype)
    whole[kept] = rows
    return whole
