"""Loads a checkpoint's transformer into torch: the one place that touches the transformers library.

The library is imported where a transformer is loaded: that takes over a second, and most commands load none. Knows
nothing of texts, pooling or export.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import torch
from torch import nn

from firstlight_encoder.attention_heads import remove_heads
from firstlight_encoder.checkpoint import Checkpoint


def load_transformer(checkpoint: Checkpoint, *, dtype: torch.dtype, attention: str | None = None) -> nn.Module:
    """The transformer of ``checkpoint``, without pooling and without the heads it lacks, ready to infer.

    Args:
        checkpoint: what to load.
        dtype: of its weights.
        attention: which implementation of attention; None for the library's fastest.
    """
    from transformers import AutoModel  # noqa: PLC0415

    with _no_bars_of_its_own():
        model = AutoModel.from_pretrained(  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            str(checkpoint.directory), local_files_only=True, dtype=dtype, attn_implementation=attention
        )
    transformer = cast("nn.Module", model).eval()
    if removed := checkpoint.pruned_heads:
        remove_heads(transformer, removed)
    return transformer


@contextmanager
def _no_bars_of_its_own() -> Generator[None]:
    """The caller draws progress; the library's bar would be drawn across it."""
    from transformers.utils import logging  # noqa: PLC0415

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
