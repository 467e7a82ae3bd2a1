"""What a newcomer's candidates would score were only a part of what is known of them known: many parts in one go.

The shortlist is held fixed: a part changes what the sources think of its candidates, never which these are. So is how
the sources weigh: as for all that is known, or else that less is known would count, and not what. What the parts share,
companions of events and words of declarations, is looked up once. Knows nothing of why anyone asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.features import LIKENESS
from firstlight_encoder.second_stage.known import MOST_EVENTS, Known
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.mixture import SourceMixture, mixture_row, source_probabilities
from firstlight_encoder.second_stage.weighed import Weighed


@dataclass(frozen=True, kw_only=True)
class Parts(Sequence[Known]):
    """``s`` parts of what is known of one newcomer; each is made up as a ``Known`` only if one is asked for.

    Attributes:
        known: all of it.
        history: ``(s, k)`` bool, which of ``known.history`` each part holds.
        disliked: ``(s, m)`` bool, likewise.
        declared: ``(s, j)`` bool, likewise.
        queries: ``(s, d + 1)`` float32, what the first stage makes of each part.
        lifts: ``(s, c)`` float32, what each part's declarations add to the first stage's scores of the candidates.
    """

    known: Known
    history: NDArray[np.bool_]
    disliked: NDArray[np.bool_]
    declared: NDArray[np.bool_]
    queries: NDArray[np.float32]
    lifts: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.queries)

    @overload
    def __getitem__(self, place: int) -> Known: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Known]: ...

    def __getitem__(self, place: int | slice) -> Known | Sequence[Known]:
        return self.each[place]

    def __iter__(self) -> Iterator[Known]:
        return iter(self.each)

    @cached_property
    def each(self) -> list[Known]:
        """The parts."""
        return list(self._each())

    def _each(self) -> Iterator[Known]:
        whole = self.known
        for history, disliked, declared in zip(self.history, self.disliked, self.declared.tolist(), strict=True):
            words = tuple(one for one, held in zip(whole.declared, declared, strict=True) if held)
            yield Known(whole.history[history], whole.disliked[disliked], words)


def weigh_parts(
    side: CatalogueSide,
    mixture: SourceMixture,
    parts: Parts,
    candidates: NDArray[np.int64],
    *,
    closely: NDArray[np.int64],
) -> Weighed:
    """Weighs ``candidates`` ``(c,)`` int64, distinct rows, once for each part, end to end.

    Of what tables tell there is all at the places ``closely`` ``(k,)`` int64 among the candidates, and elsewhere but
    the sums: nothing else is needed to mix the sources.
    """
    count, lists = len(parts), Lists(np.full(len(parts), len(candidates)))
    vectors = side.rows.take(candidates, axis=0)
    words = np.concatenate([_words(side, parts, candidates), parts.lifts[None]])
    scores = (parts.queries @ vectors.T + parts.lifts).reshape(-1)
    told = _told(side, parts, candidates, closely=closely)
    told = told.reshape(len(told), len(side.tables), -1)
    sources = source_probabilities(lists, scores, *told[0], (words[0] * np.exp(vectors[:, -1])).reshape(-1))
    log_mixture = mixture.log_probabilities(sources, [mixture_row(parts.known)] * count, lists)
    rows, words = np.tile(candidates, count), words.reshape(3, -1)
    return Weighed(side, parts, parts.queries, rows, lists, scores, words, told, sources, log_mixture)


def _words(side: CatalogueSide, parts: Parts, candidates: NDArray[np.int64]) -> NDArray[np.float32]:
    """``(2, s, c)`` float32: how far each candidate carries the texts asked for, and those declined, at most 1 each."""
    found = np.zeros((2, len(parts), len(candidates)), np.float32)
    for (text, weight), held in zip(parts.known.declared, parts.declared.T, strict=True):
        carriers, shares = side.lexicon.match(text)
        if len(carriers):
            place = carriers.searchsorted(candidates)
            match = shares.take(place, mode="clip") * (carriers.take(place, mode="clip") == candidates)
            part = found[0 if weight > 0 else 1]
            np.maximum(part, held[:, None] * match, out=part)
    return found


def _told(
    side: CatalogueSide, parts: Parts, candidates: NDArray[np.int64], *, closely: NDArray[np.int64]
) -> NDArray[np.float32]:
    """``(4, t, s, c)`` float32: what ``Neighbourhoods.told`` tells of the candidates, for every part.

    All of it at the places ``closely``; 0 elsewhere but in the first line, the sums, which stands alone if there are no
    such places.
    """
    history = parts.known.history
    told = np.zeros((4 if len(closely) else 1, len(side.tables), len(parts), len(candidates)), np.float32)
    if not len(history):
        return told
    beside, newer = _beside(side, history, candidates), _newer(parts.history)
    recent = (parts.history & (newer < MOST_EVENTS)).astype(np.float32)
    decays = np.array([[[table.decay]] for table in side.tables.values()], np.float32)
    np.matmul(np.power(decays, newer.astype(np.float32)) * recent, beside, out=told[0])
    if len(closely):
        told[1:, ..., closely] = _closely(beside.take(closely, axis=2), recent, newer)
    return told


def _closely(beside: NDArray[np.float32], recent: NDArray[np.float32], newer: NDArray[np.int64]) -> NDArray[np.float32]:
    """``(3, t, s, k)``: the highest ``beside`` ``(t, e, k)`` of a part's events, that of the last, and how many are."""
    told = np.zeros((3, len(beside), len(recent), beside.shape[2]), np.float32)
    np.matmul(recent, (beside > 0).astype(np.float32), out=told[2])
    for event, held in enumerate(recent.T):
        alone = held[:, None] * beside[:, None, event]
        np.maximum(told[0], alone, out=told[0])
        np.copyto(told[1], alone, where=((newer[:, event] == 0) & (held > 0))[:, None])
    return told


def _newer(held: NDArray[np.bool_]) -> NDArray[np.int64]:
    """``(s, k)`` int64: how many events of the part are newer than each."""
    counts: NDArray[np.int64] = held[:, ::-1].cumsum(axis=1)[:, ::-1]
    return counts - held


def _beside(side: CatalogueSide, history: NDArray[np.int64], candidates: NDArray[np.int64]) -> NDArray[np.float32]:
    """``(t, k, c)`` float32: how probable it is to meet each candidate with each event's item, in each table."""
    near = side.near([history])
    beside = np.zeros((*near.place.shape[:2], len(near.keys) + 1), np.float32)
    np.put_along_axis(beside, near.place, near.probabilities, axis=2)
    return beside.take(near.at(candidates + 1), axis=2)


def ranks_of_parts(weighed: Weighed, parts: Parts, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """The ranks of ``features`` of the candidates at ``places`` ``(k,)``, for every part, ``(1 + t, s, k)`` float32.

    Counts who is higher, or as high and earlier: a few ranks do not pay for sorting all.
    """
    values = np.concatenate([weighed.scores[None], weighed.told[0]]).reshape(1 + len(weighed.told[0]), len(parts), -1)
    found = np.empty((*values.shape[:2], len(places)), np.float32)
    for column, place in enumerate(places.tolist()):
        own = values[..., place, None]
        ahead = np.count_nonzero(values[..., place:] > own, axis=-1)
        found[..., column] = ahead + np.count_nonzero(values[..., :place] >= own, axis=-1)
    found[1:, ~parts.history.any(axis=1)] = 0
    return found


def likeness_of_parts(side: CatalogueSide, parts: Parts, wanted: NDArray[np.int64]) -> NDArray[np.float32]:
    """The ``features.LIKENESS`` of ``wanted`` ``(k,)`` int64 rows for every part, ``(7, s, k)`` float32."""
    history, disliked = parts.known.history, parts.known.disliked
    found = np.zeros((len(LIKENESS), len(parts), len(wanted)), np.float32)
    texts, tastes = side.rows[:, :-1], side.tastes
    if len(history):
        newer = _newer(parts.history)
        recent = parts.history & (newer < MOST_EVENTS)
        last = recent & (newer == 0)
        found[:3] = _last_mean_highest(texts[history] @ texts[wanted].T, recent, last)
        found[4:] = _last_mean_highest(tastes[history] @ tastes[wanted].T, recent, last)
    if len(disliked):
        found[3] = _highest(texts[disliked] @ texts[wanted].T, parts.disliked)
    return found


def _last_mean_highest(
    cosines: NDArray[np.float32], recent: NDArray[np.bool_], last: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """``(3, s, k)`` of the ``cosines`` ``(e, k)`` to the events that each part holds, ``(s, e)``; 0 without any."""
    count = np.maximum(recent.sum(axis=1, keepdims=True), 1).astype(np.float32)
    return np.stack(
        [last.astype(np.float32) @ cosines, recent.astype(np.float32) @ cosines / count, _highest(cosines, recent)]
    )


def _highest(cosines: NDArray[np.float32], held: NDArray[np.bool_]) -> NDArray[np.float32]:
    """``(s, k)``: the highest of the ``cosines`` ``(e, k)`` that each part holds, ``(s, e)``; 0 without any."""
    highest = np.full((len(held), cosines.shape[1]), -np.inf, np.float32)
    for own, line in zip(held.T, cosines, strict=True):
        np.maximum(highest, line, out=highest, where=own[:, None])
    highest[~held.any(axis=1)] = 0
    return highest
