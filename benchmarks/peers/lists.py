"""Writes a peer's lists and what is to be known of them: ``lists/NAME.parquet`` and ``lists/NAME.json``.

Knows nothing of how the lists were made.
"""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.peers.contest import Outcome
from benchmarks.peers.errors import ListsError
from benchmarks.peers.exchange import Exchange
from benchmarks.peers.newcomer import Newcomer
from benchmarks.peers.peer import Peer
from benchmarks.peers.ranked import NO_ROW, Ranked


def write_lists(peer: Peer, outcome: Outcome, *, exchange: Exchange, directory: Path) -> list[Path]:
    """Writes the lists into ``directory``/lists and returns the two paths.

    Raises:
        ListsError: if a list is empty, repeats a row or shows one of the newcomer's history.
    """
    folder = directory / "lists"
    folder.mkdir(parents=True, exist_ok=True)
    tables = [_table(ranked, outcome.newcomers, seed=seed) for seed, ranked in outcome.lists.items()]
    table, facts = folder / f"{peer.file}.parquet", folder / f"{peer.file}.json"
    pl.concat(tables).write_parquet(table)
    facts.write_text(json.dumps(describe(peer, outcome, exchange=exchange), indent=2) + "\n", encoding="utf-8")
    return [table, facts]


def describe(peer: Peer, outcome: Outcome, *, exchange: Exchange) -> dict[str, Any]:
    """What ``lists/NAME.json`` says."""
    return {
        "name": peer.name,
        "exchange": exchange.fingerprint,
        "chosen": asdict(outcome.chosen.option),
        "validation": outcome.chosen.validation,
        "tried": [{"option": asdict(trial.option), "validation": trial.validation} for trial in outcome.trials],
        "versions": {"python": platform.python_version(), **{name: version(name) for name in peer.packages}},
        "seconds": {"tune": round(outcome.tune_s, 1), "rank": round(outcome.rank_s, 1)},
        "seeds": list(outcome.lists),
        "notes": peer.notes,
    }


def _table(ranked: Ranked, newcomers: Sequence[Newcomer], *, seed: int) -> pl.DataFrame:
    for rows, newcomer in zip(ranked.rows, newcomers, strict=True):
        _check(rows[rows != NO_ROW].tolist(), newcomer)
    places, ranks = np.nonzero(ranked.rows != NO_ROW)
    cases = np.array([newcomer.case for newcomer in newcomers], np.int64)
    return pl.DataFrame(
        {
            "case": cases[places],
            "rank": ranks.astype(np.int64) + 1,
            "row": ranked.rows[places, ranks],
            "score": ranked.scores[places, ranks],
            "seed": np.full(len(places), seed, np.int64),
        }
    )


def _check(rows: list[int], newcomer: Newcomer) -> None:
    if not rows:
        raise ListsError(f"case {newcomer.case} has an empty list; leave its kind ({newcomer.evidence}) out instead")
    if len(set(rows)) < len(rows):
        raise ListsError(f"case {newcomer.case}: a row occurs twice in {rows[:10]}...")
    shown = set(rows) & set(newcomer.history.tolist())
    if shown:
        raise ListsError(f"case {newcomer.case}: rows {sorted(shown)} are of the newcomer's own history")
