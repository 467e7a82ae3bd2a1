"""Keeps a part of a transformer's layers. Knows nothing of training."""

from torch import nn

from firstlight_encoder.attention_heads import layer_stack


def kept_layers(count: int, *, depth: float) -> list[int]:
    """The numbers of the layers kept out of ``count``: evenly spaced, the last always among them, at least one."""
    wanted = max(1, round(depth * count))
    return [round((place + 1) * count / wanted) - 1 for place in range(wanted)]


def keep_layers(transformer: nn.Module, kept: list[int]) -> None:
    """Throws all layers away but the ``kept``."""
    layers = layer_stack(transformer)
    for number in reversed(range(len(layers))):
        if number not in kept:
            del layers[number]
    transformer.config.num_hidden_layers = len(kept)  # type: ignore[union-attr]
