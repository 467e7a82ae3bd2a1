"""What a tower's tokens make of one another, with gradients: a module for each architecture that has any.

NOTE: ``firstlight_encoder.mixers`` holds the same functions for serving; change both together.
"""

from firstlight_encoder.training.mixers.torch_blocks import TorchBlocks
from firstlight_encoder.training.mixers.torch_gru import TorchGru
from firstlight_encoder.training.tower_settings import TowerSettings

TorchMixer = TorchBlocks | TorchGru
"""Called with token states ``(b, n, w)``, ``reads`` ``(b, n)`` bool and ``ages`` ``(b, n)``, gives states back."""


def torch_mixer(settings: TowerSettings) -> TorchMixer:
    """A fresh mixer of the architecture, which is not a plain mean."""
    if settings.architecture == "gru":
        return TorchGru(settings.width)
    if settings.architecture == "causal":
        return TorchBlocks(settings.width, layers=settings.layers, causal=True)
    return TorchBlocks(settings.width, layers=1, causal=False)


__all__ = ["TorchMixer", "torch_mixer"]
