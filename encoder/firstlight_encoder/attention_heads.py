"""The layers and attention heads of a BERT-like transformer, and how heads are taken out of it for good.

Knows nothing of which heads matter, or of files.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from firstlight_encoder.errors import CheckpointError

LAYERS = "encoder.layer"
"""Where such a transformer keeps its layers."""

IN, OUT = ("query", "key", "value"), "attention.output.dense"
"""Projections into the heads, inside ``attention.self``, and the one out of them."""


def layer_stack(transformer: nn.Module) -> nn.ModuleList:
    """The layers, the lowest first.

    Raises:
        CheckpointError: if the transformer keeps its layers elsewhere, as those that are not BERT-like do.
    """
    try:
        stack = transformer.get_submodule(LAYERS)
        for layer in stack.children():
            layer.get_submodule(OUT)
            layer.get_submodule("attention.self")
    except AttributeError as error:
        raise CheckpointError(
            f"{type(transformer).__name__} cannot be compressed: {error}; only BERT-like encoders can (BERT, MiniLM, "
            "RoBERTa, XLM-R): set [compress] depth and heads to 1"
        ) from error
    if not isinstance(stack, nn.ModuleList):
        raise CheckpointError(f"{type(transformer).__name__} cannot be compressed: its {LAYERS} is no list of layers")
    return stack


def head_width(transformer: nn.Module) -> int:
    """Coordinates of one head."""
    return int(transformer.config.hidden_size) // int(transformer.config.num_attention_heads)  # type: ignore[union-attr, arg-type]


def out_projection(layer: nn.Module) -> nn.Linear:
    """The projection that mixes the heads of ``layer``."""
    return _linear(layer.get_submodule("attention.output"), "dense")


def remove_heads(transformer: nn.Module, removed: Mapping[int, Sequence[int]]) -> None:
    """Takes heads out: their rows of the projections in, their columns of the one out.

    Args:
        transformer: with all of its heads.
        removed: for a layer's number, the numbers of heads to remove; not all of its heads.
    """
    width, layers = head_width(transformer), layer_stack(transformer)
    for number, heads in removed.items():
        attention = layers[number].get_submodule("attention.self")
        kept = kept_coordinates(out_projection(layers[number]).in_features, heads, width=width)
        for name in IN:
            setattr(attention, name, _cut(_linear(attention, name), kept, rows=True))
        output = layers[number].get_submodule("attention.output")
        output.dense = _cut(_linear(output, "dense"), kept, rows=False)


def kept_coordinates(size: int, removed: Sequence[int], *, width: int) -> Tensor:
    """``(c,)`` int64: the coordinates out of ``size`` that belong to none of the ``removed`` heads of ``width``."""
    return torch.tensor([place for place in range(size) if place // width not in set(removed)])


def _linear(module: nn.Module, name: str) -> nn.Linear:
    linear = module.get_submodule(name)
    if not isinstance(linear, nn.Linear):
        raise CheckpointError(f"{type(module).__name__}.{name} is a {type(linear).__name__}, not a plain projection")
    return linear


def _cut(linear: nn.Linear, kept: Tensor, *, rows: bool) -> nn.Linear:
    """``linear`` with only the ``kept`` outputs (``rows``) or inputs, in its own dtype and on its device."""
    weight, bias = linear.weight.data, linear.bias.data
    weight, bias = (weight[kept], bias[kept]) if rows else (weight[:, kept], bias)
    smaller = nn.Linear(weight.shape[1], weight.shape[0], device=weight.device, dtype=weight.dtype)
    smaller.weight.data, smaller.bias.data = weight.contiguous(), bias.contiguous()
    return smaller
