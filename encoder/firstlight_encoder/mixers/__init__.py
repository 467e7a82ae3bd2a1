"""What a tower's tokens make of one another, in NumPy, one function for each architecture that has any.

``training.mixers`` holds the same functions with gradients; a test holds the two together. Knows nothing of what a
token stands for, of users or of items.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from firstlight_encoder.architecture import Architecture
from firstlight_encoder.mixers.blocks import causal, transformer
from firstlight_encoder.mixers.gru import gru
from firstlight_encoder.mixers.reading import Reading
from firstlight_encoder.parameters import Floats, Parameters

Mixer = Callable[[Floats, Reading, Parameters], Floats]
"""Token states ``(b, n, w)`` in, token states ``(b, n, w)`` out; what must not be read does not count."""

MIXERS: Mapping[Architecture, Mixer] = MappingProxyType({"transformer": transformer, "gru": gru, "causal": causal})
"""By architecture; a plain mean mixes nothing."""

__all__ = ["MIXERS", "Mixer", "Reading"]
