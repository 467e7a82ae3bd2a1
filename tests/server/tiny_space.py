"""A real, tiny space for the server's tests: untrained, but every part of it at work."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder import MAX_TOKENS, Space, TokenType
from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.confidence import CONFIDENCE
from firstlight_encoder.space import DECLARED_ODDS
from tests.server.tiny_encoder import FINGERPRINT, TEXT_DIMENSION

DIMENSION = 12
PRIOR_WEIGHT = 0.5
_WIDTH = 16
_HIDDEN = 24


def tiny_space(seed: int = 0) -> Space:
    """A space of width `DIMENSION` over the tiny text encoder; another seed, another fingerprint."""
    rng = np.random.default_rng(seed)
    return Space.of(_adaptor(rng), _tower(rng), text_fingerprint=FINGERPRINT)


def _adaptor(rng: np.random.Generator) -> Mapping[str, NDArray[np.float32]]:
    return {
        "mean": np.zeros(TEXT_DIMENSION, np.float32),
        "hidden.weight": _random(rng, _HIDDEN, TEXT_DIMENSION),
        "hidden.bias": _random(rng, _HIDDEN),
        "skip.weight": _random(rng, DIMENSION, TEXT_DIMENSION),
        "out.weight": _random(rng, DIMENSION, _HIDDEN) * np.float32(0.1),
    }


def _tower(rng: np.random.Generator) -> Mapping[str, NDArray[np.float32]]:
    ones, zeros = np.ones, np.zeros
    return {
        "input.weight": _random(rng, _WIDTH, DIMENSION),
        "type_embedding": _random(rng, len(TokenType), _WIDTH),
        "age_embedding": _random(rng, MAX_TOKENS + 1, _WIDTH),
        "gap_embedding": _random(rng, _WIDTH),
        "mixer.0.norm1.weight": ones(_WIDTH, np.float32),
        "mixer.0.norm1.bias": zeros(_WIDTH, np.float32),
        "mixer.0.norm2.weight": ones(_WIDTH, np.float32),
        "mixer.0.norm2.bias": zeros(_WIDTH, np.float32),
        "mixer.0.qkv.weight": _random(rng, 3 * _WIDTH, _WIDTH),
        "mixer.0.qkv.bias": zeros(3 * _WIDTH, np.float32),
        "mixer.0.mix.weight": _random(rng, _WIDTH, _WIDTH),
        "mixer.0.up.weight": _random(rng, 2 * _WIDTH, _WIDTH),
        "mixer.0.up.bias": zeros(2 * _WIDTH, np.float32),
        "mixer.0.down.weight": _random(rng, _WIDTH, 2 * _WIDTH),
        "mixer.0.down.bias": zeros(_WIDTH, np.float32),
        "pool": _random(rng, 1, _WIDTH),
        "pool_decay": np.array(-0.01, np.float32),
        "output.weight": _random(rng, DIMENSION, _WIDTH) * np.float32(0.05),
        "type_weight": np.array([0.6, 0.8, 1.0, 1.0, -0.2, -1.0, 1.0, 1.0], np.float32),
        "age_decay": np.array(-0.01, np.float32),
        "gate_mean": ones(BUCKETS, np.float32),
        "gate_mixed": ones(BUCKETS, np.float32),
        CONFIDENCE: np.tile(np.array([0.5, 0.25], np.float32), (BUCKETS, 1)),
        "log_scale": np.full(BUCKETS, 2.0, np.float32),
        "prior_weight": np.full(BUCKETS, PRIOR_WEIGHT, np.float32),
        DECLARED_ODDS: np.full(BUCKETS, 0.2, np.float32),
    }


def _random(rng: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    return np.asarray(rng.normal(size=shape) / np.sqrt(shape[-1]), np.float32)
