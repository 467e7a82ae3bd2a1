"""How much every attention head matters: how far the texts' vectors move without it (Michel et al. 2019, by removal).

By removal and not by gradient: at the full encoder the distance to itself is at its minimum, so its gradient is zero.
Knows nothing of how heads are removed for good.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from firstlight_encoder.attention_heads import head_width, layer_stack, out_projection
from firstlight_encoder.compression.distillation import mean_distance
from firstlight_encoder.compression.text_tokens import TextTokens
from firstlight_encoder.parameters import Floats


def head_importance(transformer: nn.Module, texts: TextTokens, *, budget: int) -> NDArray[np.float64]:
    """``(layers, heads)`` float64: mean of one minus the cosine between ``texts`` with and without each head."""
    full = _vectors(transformer, texts, budget=budget)
    layers, width = layer_stack(transformer), head_width(transformer)
    importance = np.zeros((len(layers), out_projection(layers[0]).in_features // width))
    for layer, head in np.ndindex(*importance.shape):
        with _silenced(out_projection(layers[layer]), head, width=width):
            importance[layer, head] = mean_distance(transformer, texts, full, budget=budget)
    return importance


def least_important(importance: NDArray[np.float64], *, keep: float) -> Mapping[int, list[int]]:
    """Which heads to remove of every layer so that a share of ``keep`` stays.

    The least important of all layers go, but every layer keeps its most important head: a layer without any would have
    no rows left to multiply.

    Args:
        importance: ``(layers, heads)``.
        keep: share of all heads.
    """
    protected = importance.copy()
    protected[np.arange(len(importance)), importance.argmax(1)] = np.inf
    count = min(round((1 - keep) * importance.size), importance.size - len(importance))
    gone = np.argsort(protected.ravel(), kind="stable")[:count]
    removed: dict[int, list[int]] = {}
    for place in sorted(gone.tolist()):
        layer, head = divmod(place, importance.shape[1])
        removed.setdefault(layer, []).append(head)
    return removed


@torch.no_grad()
def _vectors(transformer: nn.Module, texts: TextTokens, *, budget: int) -> Floats:
    batches = texts.batches(budget=budget)
    found = np.concatenate([texts.vectors(transformer, rows).numpy() for rows in batches])
    vectors = np.empty_like(found)
    vectors[np.concatenate(batches)] = found
    return vectors


@contextmanager
def _silenced(projection: nn.Linear, head: int, *, width: int) -> Generator[None]:
    """``projection`` reads zeros from ``head`` until the block ends."""

    def without(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        states = inputs[0].clone()
        states[..., head * width : (head + 1) * width] = 0
        return (states, *inputs[1:])

    handle = projection.register_forward_pre_hook(without)
    try:
        yield
    finally:
        handle.remove()
