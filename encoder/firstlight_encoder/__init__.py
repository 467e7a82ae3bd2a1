"""Firstlight's one vector space: item text -> vector, events and declarations -> query.

Serving needs NumPy, safetensors, tokenizers and ONNX Runtime; torch is imported only by ``training``, ``transformer``,
``torch_encoder`` and ``export``.
"""

from firstlight_encoder.errors import CheckpointError, EncoderError, SpaceFormatError, TrainingDataError
from firstlight_encoder.space import Space
from firstlight_encoder.text_encoder import TextEncoder
from firstlight_encoder.tokens import EVENT_TOKEN_TYPES, MAX_TOKENS, TokenSequence, TokenType

__all__ = [
    "EVENT_TOKEN_TYPES",
    "MAX_TOKENS",
    "CheckpointError",
    "EncoderError",
    "Space",
    "SpaceFormatError",
    "TextEncoder",
    "TokenSequence",
    "TokenType",
    "TrainingDataError",
]
