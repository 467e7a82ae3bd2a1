"""Opens a tokenizer.json as the encoders need it. Knows nothing of models."""

import json
from pathlib import Path

from tokenizers import Tokenizer

from firstlight_encoder.errors import CheckpointError


def unpadded_tokenizer(path: Path, *, max_tokens: int) -> Tokenizer:
    """The tokenizer in ``path``, cutting at ``max_tokens``; texts keep their own lengths.

    Raises:
        CheckpointError: if ``path`` is missing or no JSON.
    """
    tokenizer = _cutting(path, max_tokens)
    tokenizer.no_padding()
    return tokenizer


def _cutting(path: Path, max_tokens: int) -> Tokenizer:
    # Read here first: the library names no file in its errors and gives them no type.
    try:
        content = path.read_text(encoding="utf-8")
        json.loads(content)
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not a readable tokenizer: {error}") from error
    tokenizer = Tokenizer.from_str(content)
    tokenizer.enable_truncation(max_tokens)  # pyright: ignore[reportUnknownMemberType] - its stubs are partial
    return tokenizer
