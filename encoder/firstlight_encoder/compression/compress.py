"""Makes a smaller text encoder of a text encoder: fewer layers, fewer heads, trained to say what the whole one says.

The same input gives the same encoder on one machine. Knows nothing of catalogues, or of what the loss costs a shop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from firstlight_encoder.attention_heads import layer_stack, remove_heads
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.compression.compression_settings import CompressionSettings
from firstlight_encoder.compression.cut_checkpoint import write_cut_checkpoint
from firstlight_encoder.compression.depth import keep_layers, kept_layers
from firstlight_encoder.compression.distillation import Progress, distil
from firstlight_encoder.compression.head_importance import head_importance, least_important
from firstlight_encoder.compression.text_tokens import TextTokens
from firstlight_encoder.errors import CheckpointError
from firstlight_encoder.parameters import Floats
from firstlight_encoder.training.one_thread import one_thread
from firstlight_encoder.transformer import load_transformer


def compress(
    checkpoint: Checkpoint,
    directory: Path,
    *,
    texts: Sequence[str],
    vectors: Floats,
    settings: CompressionSettings,
    progress: Progress,
) -> Checkpoint:
    """Writes ``checkpoint``, cut down, into ``directory`` (empty or missing).

    Args:
        checkpoint: the full encoder, of which nothing was cut before.
        directory: to write into.
        texts: distinct texts like those it will encode; at least one.
        vectors: ``(n, d)`` float32 unit rows, what ``checkpoint`` says of ``texts``.
        settings: what to cut and how to train.
        progress: told the steps of training, over both cuts.

    Raises:
        CheckpointError: if the encoder is not BERT-like, or is cut already.
    """
    if checkpoint.pruned_heads:
        raise CheckpointError(f"{checkpoint.directory} lacks heads already; compress the encoder it was made from")
    transformer = load_transformer(checkpoint, dtype=torch.float32)
    tokens = TextTokens.of(texts, checkpoint)
    cuts = [cut for cut, asked in ((_cut_layers, settings.depth < 1), (_cut_heads, settings.heads < 1)) if asked]
    removed: Mapping[int, Sequence[int]] = {}
    for done, cut in enumerate(cuts):
        removed = cut(transformer, tokens, settings)
        told = _Part(progress, done=done, parts=len(cuts))
        distil(transformer, tokens, vectors, settings=settings, progress=told)
    return write_cut_checkpoint(checkpoint, transformer, directory, removed=removed)


@dataclass(frozen=True)
class _Part:
    """Tells the steps of one of several trainings as steps of them all."""

    progress: Progress
    done: int
    parts: int

    def __call__(self, step: int, steps: int) -> None:
        self.progress(self.done * steps + step, self.parts * steps)


def _cut_layers(transformer: nn.Module, _: TextTokens, settings: CompressionSettings) -> Mapping[int, Sequence[int]]:
    """Throws layers away; takes no heads out of those that stay."""
    keep_layers(transformer, kept_layers(len(layer_stack(transformer)), depth=settings.depth))
    return {}


def _cut_heads(
    transformer: nn.Module, tokens: TextTokens, settings: CompressionSettings
) -> Mapping[int, Sequence[int]]:
    """Takes the least important heads out and returns which."""
    probes = tokens.sample(settings.probe_texts, seed=settings.seed)
    with one_thread():
        importance = head_importance(transformer, probes, budget=settings.batch_tokens)
    removed = least_important(importance, keep=settings.heads)
    remove_heads(transformer, removed)
    return removed
