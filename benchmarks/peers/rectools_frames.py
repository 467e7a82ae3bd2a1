"""Training windows and newcomers' histories as the data sets that RecTools reads.

RecTools sorts by time; our events' order is told by one second a place, so that events of the same moment keep theirs.
Knows nothing of models.
"""

# pyright: reportMissingModuleSource=false
# RecTools and pandas are installed in its own environment only.

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rectools import Columns
from rectools.dataset import Dataset

from benchmarks.peers.exchange import TrainingLog
from benchmarks.peers.newcomer import Newcomer
from benchmarks.peers.windows import windows


def training_set(log: TrainingLog, *, length: int) -> Dataset:
    """One RecTools user for every window of at most ``length`` events."""
    return _dataset(windows(log, length=length), log.rows)


def newcomer_set(newcomers: Sequence[Newcomer]) -> Dataset:
    """One RecTools user for every newcomer, numbered by place; those without a liked event are left out."""
    lengths = [len(newcomer.liked) for newcomer in newcomers]
    return _dataset(np.repeat(np.arange(len(newcomers)), lengths), np.concatenate([one.liked for one in newcomers]))


def _dataset(users: NDArray[np.int64], rows: NDArray[np.int64]) -> Dataset:
    moments = np.datetime64("2000-01-01", "ns") + np.arange(len(rows)) * np.timedelta64(1, "s")
    frame = pd.DataFrame({Columns.User: users, Columns.Item: rows, Columns.Weight: 1.0, Columns.Datetime: moments})
    return Dataset.construct(frame)
