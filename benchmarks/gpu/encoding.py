"""Texts a second through the text encoder, on each device. Knows nothing of training."""

import time
from collections.abc import Sequence

import numpy as np
import torch

from benchmarks.measure import Row, WrongAnswerError, summarise
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import CPU
from firstlight_encoder.torch_encoder import TorchTextEncoder

COMPARED = 200
MIN_COSINE = 0.999
RUNS = 3
SHARE_ON_CPU = 20
"""One text of so many is enough for a processor."""


def measure_encoding(checkpoint: Checkpoint, texts: Sequence[str], devices: Sequence[str]) -> list[Row]:
    """Texts a second on the last of ``devices`` beside the first.

    Raises:
        WrongAnswerError: a device's vectors are not those of float32 on the CPU.
    """
    exact = TorchTextEncoder(checkpoint, device=CPU, dtype=torch.float32).encode(texts[:COMPARED])
    rates: dict[str, list[float]] = {}
    cosines: list[float] = []
    for device in devices:
        encoder = TorchTextEncoder(checkpoint, device=device)
        cosines.append(float((exact * encoder.encode(texts[:COMPARED])).sum(1).min()))
        own = texts[::SHARE_ON_CPU] if device == CPU else texts
        rates[device] = [_rate(encoder, own) for _ in range(RUNS)]
    if not min(cosines) >= MIN_COSINE:
        raise WrongAnswerError(f"lowest cosine to float32 is {cosines} on {devices}; must be at least {MIN_COSINE}")
    baselines = rates[devices[0]] if len(devices) > 1 else None
    name = f"encode texts, {devices[-1]}"
    return [
        summarise(name, rates[devices[-1]], unit="texts/s", baselines=baselines),
        summarise("encode texts: lowest cosine to float32", [float(np.min(cosines))], unit="cosine"),
    ]


def _rate(encoder: TorchTextEncoder, texts: Sequence[str]) -> float:
    started = time.perf_counter()
    encoder.encode(texts)
    return len(texts) / (time.perf_counter() - started)
