"""A gated recurrent unit over a user's tokens in their order (Cho et al. 2014), in NumPy.

``training.mixers.torch_gru`` is the same with gradients. Knows nothing of what a token stands for.
"""

import numpy as np

from firstlight_encoder.layers import linear
from firstlight_encoder.mixers.reading import Reading
from firstlight_encoder.parameters import Floats, Parameters


def gru(state: Floats, reading: Reading, parameters: Parameters) -> Floats:
    """The unit's memory after every token, ``(b, n, w)``; a token that is not read leaves it as it was."""
    users, length, width = state.shape
    seen = linear(state, parameters, "mixer.seen")
    memory: Floats = np.zeros((users, width), np.float32)
    memories = np.empty_like(state)
    for place in range(length):
        kept = linear(memory, parameters, "mixer.kept")
        reset = _sigmoid(seen[:, place, :width] + kept[:, :width])
        update = _sigmoid(seen[:, place, width : 2 * width] + kept[:, width : 2 * width])
        new: Floats = np.tanh(seen[:, place, 2 * width :] + reset * kept[:, 2 * width :])
        memory = np.where(reading.reads[:, place, None], memory + update * (new - memory), memory)
        memories[:, place] = memory
    return memories


def _sigmoid(state: Floats) -> Floats:
    """By the hyperbolic tangent, which does not overflow."""
    gate: Floats = np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * state))
    return gate
