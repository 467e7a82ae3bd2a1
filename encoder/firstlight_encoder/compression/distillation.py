"""Trains a cut-down transformer to say what the whole one says (Hinton et al. 2015, on vectors and on their scores).

The loss of a batch is how far each vector lies from the full encoder's, plus how far the texts' scores with each other
lie from the full encoder's scores: it is scores that rank. Knows nothing of how the transformer was cut.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from firstlight_encoder.compression.compression_settings import CompressionSettings
from firstlight_encoder.compression.text_tokens import TextTokens
from firstlight_encoder.parameters import Floats
from firstlight_encoder.training.descent import Descent
from firstlight_encoder.training.one_thread import one_thread
from firstlight_encoder.training.processes import OneProcess
from firstlight_encoder.training.tensors import tensor
from firstlight_encoder.training.train_settings import TrainSettings

SCORES = 10.0
"""What an error in a score counts beside one in a vector."""

WEIGHT_DECAY = 0.0
"""The full encoder's weights are where training starts and no farther from right than zero is."""

Progress = Callable[[int, int], None]
"""Told the step and the number of steps."""


def distil(
    transformer: nn.Module, texts: TextTokens, vectors: Floats, *, settings: CompressionSettings, progress: Progress
) -> None:
    """Trains ``transformer``, all but its embeddings, for ``settings.steps``.

    Args:
        transformer: float32; left ready to infer.
        texts: what to train on.
        vectors: ``(n, d)`` float32 unit rows, what the full encoder says of them.
        settings: steps, rate, batch and seed.
        progress: told after every step.
    """
    if not settings.steps:
        return
    learnt = [value for name, value in transformer.named_parameters() if not name.startswith("embeddings")]
    course = TrainSettings(steps=settings.steps, rate=settings.rate, weight_decay=WEIGHT_DECAY)
    descent = Descent(learnt, settings=course, processes=OneProcess())
    batches = texts.endless(budget=settings.batch_tokens, seed=settings.seed)
    # Without dropout: the full encoder's vectors are given, not drawn.
    transformer.eval()
    with one_thread():
        for step in range(1, settings.steps + 1):
            rows = next(batches)
            descent.step(distance(texts.vectors(transformer, rows), tensor(vectors[rows])))
            progress(step, settings.steps)


def distance(vectors: Tensor, full: Tensor) -> Tensor:
    """How far ``vectors`` ``(b, d)`` lie from ``full`` ``(b, d)``, both unit rows: a scalar, 0 where they are equal."""
    scores = (vectors @ vectors.T - full @ full.T).square().mean()
    return (1 - (vectors * full).sum(1)).mean() + SCORES * scores


@torch.no_grad()
def mean_distance(transformer: nn.Module, texts: TextTokens, vectors: Floats, *, budget: int) -> float:
    """Mean of one minus the cosine to ``vectors`` ``(n, d)``, over all texts."""
    total = sum(
        float((1 - (texts.vectors(transformer, rows) * tensor(vectors[rows])).sum(1)).sum())
        for rows in texts.batches(budget=budget)
    )
    return total / len(texts.ids)
