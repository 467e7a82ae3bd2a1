"""Makes a `Month` from a domain: a recommender is trained on some users, and others' next month is replayed.

The recommender is the first stage of the product, trained on other users, on what they did before the month, and
without any event of the new items, which it knows by their texts alone. Knows nothing of policies.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.exploration import Projection
from firstlight_encoder.interactions import Interactions
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.experiment import Experiment, open_experiment
from firstlight_evaluation.simulation.month import RANKED, Month
from firstlight_evaluation.space_scorer import SpaceScorer
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.progress import Progress, silent
from firstlight_indexer.trained_space import TrainedSpace

DAYS = 30
VISITOR_SHARE = 0.6
"""Of all users; the others teach the recommender."""
POOL = 300
FEWEST_TAKERS = 0.02
"""Share of the teaching users who took an item before the month, for it to be played as new."""
_DAY_H = 24.0
_MOST_KNOWN = 50
_VISITS_AT_ONCE = 128


@dataclass(frozen=True)
class RecordedMonth:
    """A month, and the recommender that ranked in it.

    Attributes:
        month: what policies play.
        trained: the recommender.
        cases: of the visits, in their order: what was known of each visitor.
        pool: ``(pool,)`` int64, the new items' rows.
    """

    month: Month
    trained: TrainedSpace
    cases: tuple[Case, ...]
    pool: NDArray[np.int64]


def record_month(domain: DomainFile, *, workdir: Path, seed: int = 0, progress: Progress = silent) -> RecordedMonth:
    """Trains the recommender and writes down the month.

    Args:
        domain: with times of a clock.
        workdir: keeps cleaned data and text vectors.
        seed: draws the new items and trains the recommender.
        progress: told what is being done.

    Raises:
        NoCasesError: the log has no times, no items that enough people took, or no visits after training ends.
    """
    split = domain.with_key("evaluation", "test_share", VISITOR_SHARE)
    whole = open_experiment(split, workdir=workdir, progress=progress)
    held_out = _drawn_pool(whole, seed)
    experiment = open_experiment(split, workdir=workdir, held_out=held_out, progress=progress)
    return _played(experiment, np.flatnonzero(held_out), seed)


def _drawn_pool(experiment: Experiment, seed: int) -> NDArray[np.bool_]:
    train = experiment.material.split.train
    pairs = np.unique(np.stack([train.users, train.items], axis=1), axis=0)
    takers = np.bincount(pairs[:, 1], minlength=train.item_count)
    liked = np.flatnonzero(takers >= FEWEST_TAKERS * len(np.unique(train.users)))
    if not len(liked):
        raise NoCasesError(f"no item was taken by {FEWEST_TAKERS:.0%} of the users before the month: give a longer log")
    held_out = np.zeros(train.item_count, np.bool_)
    held_out[np.random.default_rng(seed).choice(liked, size=min(POOL, len(liked)), replace=False)] = True
    return held_out


def _played(experiment: Experiment, pool: NDArray[np.int64], seed: int) -> RecordedMonth:
    material = experiment.material
    begin_h = material.split.time_h
    if begin_h is None:
        raise NoCasesError(f"{material.name}: its times carry order only, so there is no month to replay")
    month = material.split.test.before(begin_h + DAYS * _DAY_H)
    trained = experiment.trainer.first_stage(seed)
    experiment.trainer.forget()
    scorer = SpaceScorer(
        trained.space, item_rows=trained.rows, label_vectors=trained.label_vectors, labels=material.labels
    )
    starts = month.basket_starts[:-1]
    order = np.argsort(month.times_h[starts], kind="stable")
    baskets = [slice(int(month.basket_starts[one]), int(month.basket_starts[one + 1])) for one in order]
    if not baskets:
        raise NoCasesError(f"{material.name}: nobody came in the {DAYS} days after training ends")
    cases = tuple(_cases(month, baskets))
    ranked = _ranked(scorer, cases, pool)
    takes = [_taken_from(month, basket) for basket in baskets]
    starts = month.basket_starts[:-1][order]
    held, places = np.unique(ranked.rows, return_inverse=True)
    played = Month(
        visitors=month.users[starts],
        days=((month.times_h[starts] - begin_h) // _DAY_H).astype(np.int64),
        ranked=places.reshape(ranked.rows.shape),
        ranked_scores=ranked.scores,
        ranked_takes=np.stack([np.isin(row, taken) for row, taken in zip(ranked.rows, takes, strict=True)]),
        ranked_vectors=trained.rows[held, :-1],
        new_scores=ranked.new_scores,
        new_takes=np.stack([np.isin(pool, taken) for taken in takes]),
        new_vectors=trained.rows[pool, :-1],
        projection=Projection.fit(trained.rows[:, :-1]),
        notice=material.notice,
        domain=material.name,
    )
    return RecordedMonth(played, trained, cases, pool)


def _cases(month: Interactions, baskets: list[slice]) -> Iterator[Case]:
    """What is known of each visitor when they come: what they did in this month before."""
    for basket in baskets:
        first = int(np.searchsorted(month.users, month.users[basket.start]))
        known = slice(max(first, basket.start - _MOST_KNOWN), basket.start)
        yield Case(
            user=int(month.users[basket.start]),
            history=month.items[known],
            types=month.types[known],
            gaps_h=np.asarray(month.times_h[basket.start] - month.times_h[known], np.float32),
            weights=month.weights[known],
            declared=(),
            targets=month.items[basket],
        )


class _Ranked(NamedTuple):
    """``(v, RANKED)`` rows of the best that are not new with their scores, and ``(v, pool)`` scores of the new ones."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    new_scores: NDArray[np.float32]


def _ranked(scorer: SpaceScorer, cases: Sequence[Case], pool: NDArray[np.int64]) -> _Ranked:
    parts: list[_Ranked] = []
    for start in range(0, len(cases), _VISITS_AT_ONCE):
        scored = scorer.score(cases[start : start + _VISITS_AT_ONCE])
        new = scored[:, pool].copy()
        scored[:, pool] = -np.inf
        best = np.argpartition(-scored, RANKED, axis=1)[:, :RANKED]
        inner = np.argsort(-np.take_along_axis(scored, best, axis=1), axis=1, kind="stable")
        rows = np.take_along_axis(best, inner, axis=1)
        parts.append(_Ranked(rows, np.take_along_axis(scored, rows, axis=1), new))
    return _Ranked(*map(np.concatenate, zip(*parts, strict=True)))


def _taken_from(month: Interactions, basket: slice) -> NDArray[np.int64]:
    """The items that the visitor wanted and took from this visit on."""
    last = int(np.searchsorted(month.users, month.users[basket.start], side="right"))
    rows = slice(basket.start, last)
    taken: NDArray[np.int64] = month.items[rows][month.wanted[rows]]
    return taken
