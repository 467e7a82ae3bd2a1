"""Real users of a real snapshot: an item scores and ranks lower without its strongest event, and shares add up.

Off unless both are named: FIRSTLIGHT_CASES_SNAPSHOTS, a data directory whose default tenant has a snapshot, and
FIRSTLIGHT_CASES_EVENTS, the events.parquet of its domain.
"""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from firstlight_encoder.tokens import EVENT_TOKEN_TYPES
from firstlight_server.answer import RankedItem, Reason, ReasonKind
from firstlight_server.explanation.explainer import Explainer, Moves, RankedWithout
from firstlight_server.explanation.game import Game
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_server.query import Event, RecommendQuery
from firstlight_server.question import Newcomer, Question
from firstlight_server.ranking import Ranking
from firstlight_store import SnapshotStore

CASES = 1_000
LOWERED = 0.98
"""Of first items; 1 but for trees that are not monotone, and for items that no event speaks for."""


def named(variable: str) -> Path:
    path = os.environ.get(variable)
    if path is None:
        pytest.skip(f"{variable} is unset")
    return Path(path)


class Deleting(Explainer):
    """Explains, and keeps what each item of the latest answer scores less without each event."""

    fall: Mapping[int, NDArray[np.float64]]

    def explain(
        self, question: Question, ranking: Ranking, *, moves: Moves, ranked_without: RankedWithout
    ) -> tuple[list[tuple[Reason, ...]], str]:
        clues = question.known.clues
        held = np.concatenate([~np.eye(len(clues), dtype=np.bool_), np.ones((1, len(clues)), np.bool_)])
        worth = Game(question, ranking, space=self._space, reranker=self._reranker).worth(held)
        self.fall = {clue.position: worth[-1] - without for clue, without in zip(clues, worth[:-1], strict=True)}
        return super().explain(question, ranking, moves=moves, ranked_without=ranked_without)


@pytest.fixture(scope="module")
def real() -> Iterator[LoadedSnapshot]:
    one = load(SnapshotStore(named("FIRSTLIGHT_CASES_SNAPSHOTS")).open(), Loading(min_recall=0.5), recall=1.0)
    yield one
    one.close()


@pytest.fixture
def deleting(real: LoadedSnapshot, monkeypatch: pytest.MonkeyPatch) -> Deleting:
    """In the place of what explains."""
    recommender = real.recommender
    one = Deleting(space=recommender._space, reranker=recommender._reranker)  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(recommender, "_explainer", one)
    return one


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


def test_an_item_of_a_real_user_scores_and_ranks_lower_without_its_strongest_event(
    real: LoadedSnapshot, deleting: Deleting, record_property: Callable[[str, object], None]
) -> None:
    kept: list[tuple[int, int, float]] = []
    cases = 0
    for events in histories(named("FIRSTLIGHT_CASES_EVENTS")):
        items = explained(real, events)
        for rank, item in enumerate(items, start=1):
            assert math.fsum(one.share for one in item.reasons) == pytest.approx(item.score, abs=1e-4)
            strongest = max((one for one in item.reasons if one.kind is ReasonKind.EVENT), key=lambda one: one.share)
            kept.append((rank, strongest.rank_without or 0, deleting.fall[strongest.index][rank - 1]))
        cases += bool(items)
        if cases == CASES:
            break
    ranks, without, fall = np.array(kept).T
    first = ranks == 1
    told = (
        f"{cases} cases: the score falls for {(fall[first] > 0).mean():.4f} of first items and {(fall > 0).mean():.4f} "
    )
    told += f"of all {len(ranks)}; the rank for {(without[first] > 1).mean():.4f} and {(without > ranks).mean():.4f}, "
    told += f"and does not rise for {(without >= ranks).mean():.4f} of all"
    record_property("rates", told)
    assert (fall[first] > 0).mean() > LOWERED, told
    assert (without >= ranks).mean() > 0.9, told
