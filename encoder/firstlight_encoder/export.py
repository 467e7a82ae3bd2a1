"""Exports a text encoder to ONNX, so that a server encodes text without torch.

Pooling and normalisation are inside the graph: token ids in, unit vectors out. Knows nothing of snapshots.
"""

import json
import logging
import shutil
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

from firstlight_encoder.checkpoint import Checkpoint, Pooling
from firstlight_encoder.onnx_encoder import FACTS_FILE, MODEL_FILE, TOKENIZER_FILE
from firstlight_encoder.transformer import load_transformer


class _Pooled(nn.Module):
    """Transformer, pooling and normalisation as one graph."""

    def __init__(self, model: nn.Module, pooling: Pooling) -> None:
        super().__init__()
        self.model, self.pooling = model, pooling

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Token ids and mask ``(b, n)`` int64 -> ``(b, dimension)`` unit rows."""
        states: Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        if self.pooling == "cls":
            return functional.normalize(states[:, 0], dim=-1)
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        return functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def export_onnx(checkpoint: Checkpoint, directory: Path) -> None:
    """Writes what ``OnnxTextEncoder.load`` reads into ``directory`` (made if missing).

    The same checkpoint gives the same bytes, wherever this package is installed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    # Plain attention: the fused kinds have no ONNX form.
    model = load_transformer(checkpoint, dtype=torch.float32, attention="eager")
    _export(_Pooled(model, checkpoint.pooling).eval(), directory / MODEL_FILE)
    _forget_origin(directory / MODEL_FILE)
    shutil.copyfile(checkpoint.tokenizer, directory / TOKENIZER_FILE)
    facts = {
        "dimension": checkpoint.dimension,
        "fingerprint": checkpoint.fingerprint,
        "max_tokens": checkpoint.max_tokens,
    }
    (directory / FACTS_FILE).write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _export(model: nn.Module, path: Path) -> None:
    """Writes ``model``'s graph with free batch size and length."""
    ids = torch.ones((2, 8), dtype=torch.int64)
    batch, length = torch.export.Dim("batch", min=1, max=4096), torch.export.Dim("length", min=1, max=512)
    shapes = {name: {0: batch, 1: length} for name in ("input_ids", "attention_mask")}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # The exporter warns of its own deprecations, which nobody who exports can act on.
        warnings.simplefilter("ignore")
        torch.onnx.export(  # pyright: ignore[reportUnknownMemberType] - its annotations are partial
            model,
            (ids, torch.ones_like(ids)),
            path,
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_shapes=shapes,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _forget_origin(path: Path) -> None:
    """Removes what the exporter notes of its own run: stack traces with the paths and lines of this machine's code."""
    model = onnx.ModelProto.FromString(path.read_bytes())
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("metadata_props")
    path.write_bytes(model.SerializeToString(deterministic=True))
