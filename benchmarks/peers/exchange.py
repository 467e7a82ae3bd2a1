"""Reads what ``firstlight-evaluate export`` wrote: the training log, the items and the cases of every point.

Knows nothing of models.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.peers.errors import ExchangeError
from benchmarks.peers.newcomer import Newcomer, liked_rows

FORMAT = 1
"""The format of the export that this code reads."""


@dataclass(frozen=True)
class TrainingLog:
    """The training events that speak for their item, sorted by user, then order.

    Attributes:
        users: ``(e,)`` int64, counted from 0 without gaps, ascending.
        rows: ``(e,)`` int64 item rows.
        user_count: how many users there are.
        item_count: size of the catalogue.
    """

    users: NDArray[np.int64]
    rows: NDArray[np.int64]
    user_count: int
    item_count: int

    @property
    def popular(self) -> NDArray[np.int64]:
        """``(item_count,)`` int64, all rows by falling number of events; ties by row."""
        return np.argsort(-np.bincount(self.rows, minlength=self.item_count), kind="stable")


@dataclass(frozen=True)
class Exchange:
    """One export.

    Attributes:
        domain: its name.
        fingerprint: of the log and the cases; lists made for another one are refused.
        list_length: the most items a list may have.
        max_options: the most settings a peer may try.
        titles: the items' titles, in row order.
        item_labels: ``(p, 2)`` int64, pairs of item row and label.
        train: the training log.
        validation: cases with targets.
        test: cases without.
    """

    domain: str
    fingerprint: str
    list_length: int
    max_options: int
    titles: tuple[str, ...]
    item_labels: NDArray[np.int64]
    train: TrainingLog
    validation: tuple[Newcomer, ...]
    test: tuple[Newcomer, ...]


def read_exchange(directory: Path) -> Exchange:
    """The export in ``directory``.

    Raises:
        ExchangeError: if a file is missing or the format is another one.
    """
    facts = _facts(directory / "exchange.json")
    return Exchange(
        domain=facts["domain"],
        fingerprint=facts["fingerprint"],
        list_length=facts["list_length"],
        max_options=facts["tuning"]["max_options"],
        titles=tuple(_table(directory / "items.parquet").sort("row")["title"].to_list()),
        item_labels=_table(directory / "item_labels.parquet").select("row", "label").to_numpy().astype(np.int64),
        train=_log(_table(directory / "train.parquet"), item_count=facts["items"]),
        validation=_newcomers(_table(directory / "validation.parquet")),
        test=_newcomers(_table(directory / "test.parquet")),
    )


def _facts(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ExchangeError(f"{path} is missing; write it with `firstlight-evaluate export --out {path.parent}`")
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if facts["format"] != FORMAT:
        raise ExchangeError(f"{path} is of format {facts['format']}, this code reads {FORMAT}; export it again")
    return facts


def _table(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise ExchangeError(f"{path} is missing; export the domain again")
    return pl.read_parquet(path)


def _log(table: pl.DataFrame, *, item_count: int) -> TrainingLog:
    wanted = table.filter("wanted")
    ids, users = np.unique(wanted["user"].to_numpy(), return_inverse=True)
    return TrainingLog(users.astype(np.int64), wanted["row"].to_numpy().astype(np.int64), len(ids), item_count)


def _newcomers(table: pl.DataFrame) -> tuple[Newcomer, ...]:
    return tuple(_newcomer(row) for row in table.iter_rows(named=True))


def _newcomer(row: dict[str, Any]) -> Newcomer:
    history = np.array(row["history"], np.int64)
    return Newcomer(
        case=row["case"],
        k=row["k"],
        declared=row["declared"],
        history=history,
        liked=liked_rows(history, types=row["types"], weights=row["weights"]),
        labels=np.array(row["declared_labels"], np.int64),
        targets=np.array(row.get("targets", []), np.int64),
        tuning=row.get("tuning", False),
    )
