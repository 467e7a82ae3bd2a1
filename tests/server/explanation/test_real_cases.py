"""Real users of a real snapshot: an item ranks lower without its strongest event, and shares add up.

Off unless both are named: FIRSTLIGHT_CASES_SNAPSHOTS, a data directory whose default tenant has a snapshot, and
FIRSTLIGHT_CASES_EVENTS, the events.parquet of its domain.
"""

import math
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from firstlight_encoder.tokens import EVENT_TOKEN_TYPES
from firstlight_server.answer import RankedItem, ReasonKind
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_server.query import Event, RecommendQuery
from firstlight_server.question import Newcomer
from firstlight_store import SnapshotStore

CASES = 1_000


def named(variable: str) -> Path:
    path = os.environ.get(variable)
    if path is None:
        pytest.skip(f"{variable} is unset")
    return Path(path)


@pytest.fixture(scope="module")
def real() -> Iterator[LoadedSnapshot]:
    one = load(SnapshotStore(named("FIRSTLIGHT_CASES_SNAPSHOTS")).open(), Loading(min_recall=0.5), recall=1.0)
    yield one
    one.close()


def histories(path: Path) -> list[tuple[Event, ...]]:
    """The first events, 1 to 8, of users drawn by chance."""
    log = pl.read_parquet(path).sort("user_id", "timestamp", maintain_order=True)
    users = log.group_by("user_id", maintain_order=True).agg("item_id", "event_type", "timestamp")
    random = np.random.default_rng(0)
    return [
        tuple(
            Event(item_id, EVENT_TOKEN_TYPES[kind], seconds(at))
            for item_id, kind, at in list(zip(*lists, strict=True))[: random.integers(1, 9)]
        )
        for _, *lists in users.sample(fraction=1.0, shuffle=True, seed=0).iter_rows()
    ]


def seconds(at: datetime | int) -> float:
    """Where times carry order only, an hour apart."""
    return at.timestamp() if isinstance(at, datetime) else 1.7e9 + 3600 * at


def explained(real: LoadedSnapshot, events: tuple[Event, ...]) -> tuple[RankedItem, ...]:
    query = RecommendQuery(events, want_reasons=True, want_counterfactuals=True)
    evidence = real.reader.read(query, now_s=(events[-1].at_s or 0) + 3600)
    return real.recommender.recommend([Newcomer(query, evidence)], texts={})[0].items if evidence.clues else ()


def test_an_item_of_a_real_user_ranks_lower_without_its_strongest_event(
    real: LoadedSnapshot, record_property: Callable[[str, object], None]
) -> None:
    kept: list[tuple[int, int]] = []
    cases = 0
    for events in histories(named("FIRSTLIGHT_CASES_EVENTS")):
        items = explained(real, events)
        for rank, item in enumerate(items, start=1):
            assert math.fsum(one.share for one in item.reasons) == pytest.approx(item.score, abs=1e-4)
            strongest = max((one for one in item.reasons if one.kind is ReasonKind.EVENT), key=lambda one: one.share)
            kept.append((rank, strongest.rank_without or 0))
        cases += bool(items)
        if cases == CASES:
            break
    ranks, without = np.array(kept).T
    first = ranks == 1
    told = f"{cases} cases: of first items {(without[first] > 1).mean():.4f} fall; of all {len(ranks)} "
    told += f"{(without > ranks).mean():.4f} fall, {(without >= ranks).mean():.4f} do not rise"
    record_property("rates", told)
    assert (without[first] > 1).mean() > 0.9, told
    assert (without >= ranks).mean() > 0.9, told
