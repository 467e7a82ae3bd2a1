"""What the ranker reads of each candidate. One piece of code computes it in training and in a server.

Knows nothing of where candidates came from or of how they are ranked.
"""

from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import TABLES
from firstlight_encoder.second_stage.descending import descending
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.weighed import Column, Weighed

Block = NDArray[np.float32]
"""The features of one group, one a line, ``(f, p)`` float32."""

FLOOR = np.float32(1e-5)
"""Added to probabilities before their logarithm is taken."""

_OF_SPACE = ("score below best", "affinity", "log prior", "rank in space")
_OF_TABLE = ("log sum", "log max", "log of last", "events that support", "rank")
_OF_MIXTURE = ("log lift", "log mixture")
_OF_LIKENESS = ("cosine to last", "mean cosine", "highest cosine", "cosine to disliked")
_OF_TASTE = ("taste beside last", "mean taste", "highest taste")
LIKENESS = (*_OF_LIKENESS, *_OF_TASTE)
"""How alike texts, and then tastes, are: features that need vectors."""

_OF_FACTS = ("share in category", "category of last", "share of brand", "log price ratio")
_OF_WORDS = ("match with declared", "match with declined", "lift by declarations")
_OF_CASE = ("events", "declarations", "mean log prior of events", "best score")

_GROUPS = (
    _OF_SPACE,
    tuple(f"{table}: {name}" for table in TABLES for name in _OF_TABLE),
    _OF_MIXTURE,
    _OF_LIKENESS,
    _OF_TASTE,
    _OF_FACTS,
    _OF_WORDS,
    _OF_CASE,
)

FEATURES: tuple[str, ...] = tuple(chain.from_iterable(_GROUPS))
"""The features' names, in the order of a matrix's columns."""

_ENDS = tuple(accumulate(map(len, _GROUPS)))
_SPANS = tuple(slice(end - len(group), end) for group, end in zip(_GROUPS, _ENDS, strict=True))


def features(
    weighed: Weighed,
    places: NDArray[np.int64],
    *,
    likeness: NDArray[np.float32] | None = None,
    ranked: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """``(p, len(FEATURES))`` float32, finite, of the candidates at ``places`` ``(p,)`` int64 of ``weighed``.

    One newcomer's places come after another's, and everyone has one. What is compared among a newcomer's candidates,
    such as a rank, is compared among all of them. Whoever knows the ``LIKENESS`` ``(7, p)`` float32, or the ranks
    ``(1 + t, p)`` float32 among the first stage's scores and every table's sums, may say so.
    """
    chosen = Lists(np.bincount(weighed.lists.owners.take(places), minlength=len(weighed.known)))
    # A feature a line, so that each is written in place.
    sheet = np.empty((len(FEATURES), len(places)), np.float32)
    space, tables, mixed, alike, taste, facts, words, case = (sheet[span] for span in _SPANS)
    ranks = _ranks(weighed).take(places, axis=1) if ranked is None else ranked
    _fill_space(space, weighed, places, chosen, ranks=ranks[0])
    _fill_tables(tables.reshape(len(TABLES), len(_OF_TABLE), -1), weighed.told.take(places, axis=2), ranks[1:])
    np.subtract(tables[0], space[2], out=mixed[0])
    mixed[1] = weighed.log_mixture.take(places)
    if likeness is None:
        _fill_likeness(alike, taste, weighed, places, chosen)
    else:
        alike[:], taste[:] = likeness[: len(alike)], likeness[len(alike) :]
    _fill_facts(facts, weighed, places, chosen)
    words[:] = weighed.words.take(places, axis=1)
    _fill_case(case, weighed, chosen)
    return np.ascontiguousarray(sheet.T)


def ranks(lists: Lists, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each value's place in its list, of every line of ``values`` ``(l, c)``, from 0 for the highest.

    Equal ones keep their order.
    """
    order = descending(lists.padded(values, -np.inf))
    places = np.empty(order.shape, np.float32)
    width = int(order.shape[-1])
    lines: NDArray[np.int64] = np.arange(order.size // max(width, 1))
    firsts = (width * lines).reshape(*order.shape[:-1], 1)
    places.reshape(-1)[order + firsts] = np.arange(width, dtype=np.float32)
    return lists.end_to_end(places)


def _ranks(weighed: Weighed) -> NDArray[np.float32]:
    """``(1 + t, c)``: among the first stage's scores and every table's sums; 0 in tables where no event is known."""
    found = ranks(weighed.lists, np.concatenate([weighed.scores[None], weighed.told[0]]))
    silent = np.array([not len(known.history) for known in weighed.known])
    if silent.any():
        found[1:, weighed.lists.spread(silent)] = 0
    return found


def _fill_space(block: Block, weighed: Weighed, places: NDArray[np.int64], chosen: Lists, *, ranks: Column) -> None:
    scores = weighed.scores.take(places)
    block[2] = weighed.side.log_prior.take(weighed.rows.take(places))
    np.subtract(scores, chosen.spread(weighed.lists.highest(weighed.scores)), out=block[0])
    np.subtract(scores, chosen.spread(weighed.queries[:, -1]) * block[2], out=block[1])
    block[3] = ranks


def _fill_tables(block: NDArray[np.float32], told: NDArray[np.float32], ranks: NDArray[np.float32]) -> None:
    """Fills ``block`` ``(t, len(_OF_TABLE), p)`` from ``told`` ``(4, t, p)`` and ``ranks`` ``(t, p)``."""
    logs = block[:, :3]
    np.add(told[:3].swapaxes(0, 1), FLOOR, out=logs)
    np.log(logs, out=logs)
    block[:, 3] = told[3]
    block[:, 4] = ranks


def _fill_likeness(block: Block, taste: Block, weighed: Weighed, places: NDArray[np.int64], chosen: Lists) -> None:
    """How alike texts, and then tastes, are: of each candidate to the last event, to all, to the nearest."""
    side, rows = weighed.side, weighed.rows.take(places)
    vectors, tastes = side.rows.take(rows, axis=0)[:, :-1], side.tastes.take(rows, axis=0)
    block[3] = 0
    for known, own in zip(weighed.known, chosen.slices, strict=True):
        recent, alike = known.recent, np.empty((2, 3, own.stop - own.start), np.float32)
        cosines = np.empty((2, len(recent), alike.shape[2]), np.float32)
        np.matmul(side.rows.take(recent, axis=0)[:, :-1], vectors[own].T, out=cosines[0])
        np.matmul(side.tastes.take(recent, axis=0), tastes[own].T, out=cosines[1])
        block[:3, own], taste[:, own] = _last_mean_highest(cosines)
        if len(known.disliked):
            block[3, own] = (side.rows.take(known.disliked, axis=0)[:, :-1] @ vectors[own].T).max(axis=0)


def _last_mean_highest(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(2, 3, p)`` of ``cosines`` ``(2, k, p)``; 0 without any."""
    told = np.zeros((2, 3, cosines.shape[2]), np.float32)
    if cosines.shape[1]:
        told[:, 0] = cosines[:, -1]
        np.add.reduce(cosines, axis=1, out=told[:, 1])
        told[:, 1] /= cosines.shape[1]
        np.maximum.reduce(cosines, axis=1, out=told[:, 2])
    return told


def _fill_facts(block: Block, weighed: Weighed, places: NDArray[np.int64], chosen: Lists) -> None:
    """Shares of the events that are of the candidate's category and brand; and its price beside theirs."""
    block[:] = 0
    facts = weighed.side.facts
    if facts.silent:
        return
    recent = [known.recent for known in weighed.known]
    events = Lists.of(recent)
    taken = events.padded(facts.side_by_side.take(np.concatenate(recent), axis=0).T, np.nan)  # (3, b, k)
    others = np.ascontiguousarray(facts.side_by_side.take(weighed.rows.take(places), axis=0).T)
    for event in range(taken.shape[2]):  # what is unknown is like nothing, itself included
        block[:3:2] += chosen.spread(taken[:2, :, event]) == others[:2]
    block[:3:2] /= chosen.spread(np.maximum(events.lengths, 1)).astype(np.float32)
    if taken.shape[2]:
        last = np.take_along_axis(taken[0], np.maximum(events.lengths - 1, 0)[:, None], axis=1)[:, 0]
        block[1] = chosen.spread(last) == others[0]
    ratio = others[2] - chosen.spread(_mean_of_known(taken[2]))
    np.copyto(block[3], ratio, where=~np.isnan(ratio))


def _mean_of_known(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(b,)``: the mean of each line of ``values`` ``(b, k)`` without NaN; NaN where nothing else is there."""
    known = ~np.isnan(values)
    count = np.add.reduce(known, axis=1, dtype=np.float32)
    total = np.add.reduce(np.where(known, values, np.float32(0)), axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.float32(np.nan))


def _fill_case(block: Block, weighed: Weighed, chosen: Lists) -> None:
    log_prior = weighed.side.log_prior
    told = np.empty((4, len(weighed.known)), np.float32)
    recent = [known.recent for known in weighed.known]
    events = Lists.of(recent)
    priors = events.padded(log_prior.take(np.concatenate(recent)), 0)
    told[0] = [len(known.history) for known in weighed.known]
    told[1] = [len(known.declared) for known in weighed.known]
    np.divide(np.add.reduce(priors, axis=1), np.maximum(events.lengths, 1), out=told[2])
    told[3] = weighed.lists.highest(weighed.scores)
    block[:] = chosen.spread(told)
