"""What every source thinks of newcomers' candidates, and how probable they find each together.

All newcomers at once: what costs time here is the number of calls. Knows nothing of how candidates are ordered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.mixture import SourceMixture, mixture_row, source_probabilities
from firstlight_encoder.second_stage.neighbourhoods import Neighbourhoods

Column = NDArray[np.float32]
"""One number of every candidate, ``(c,)`` float32."""


@dataclass(frozen=True)
class Weighed:
    """``b`` newcomers and their ``c`` candidates, end to end.

    Attributes:
        side: the catalogue.
        known: the newcomers.
        queries: ``(b, d + 1)`` float32, the first stage's.
        rows: ``(c,)`` int64 catalogue rows; a newcomer's ascend.
        lists: whose each candidate is; everyone has one.
        scores: the first stage's.
        words: ``(3, c)`` float32: how far it carries what is asked for, and what is declined; and its lift.
        told: ``(4, t, c)`` float32, of ``Neighbourhoods.told``.
        sources: ``(len(SOURCES), c)`` float32, of ``source_probabilities``.
        log_mixture: of the sources.
    """

    side: CatalogueSide
    known: Sequence[Known]
    queries: NDArray[np.float32]
    rows: NDArray[np.int64]
    lists: Lists
    scores: Column
    words: NDArray[np.float32]
    told: NDArray[np.float32]
    sources: NDArray[np.float32]
    log_mixture: Column


def weigh(
    side: CatalogueSide,
    mixture: SourceMixture,
    asked: Sequence[tuple[Known, FirstStage]],
    candidates: Sequence[NDArray[np.int64]],
    near: Neighbourhoods,
) -> Weighed:
    """Weighs candidates.

    Args:
        side: the catalogue.
        mixture: of the sources.
        asked: the newcomers, and what the first stage says of them.
        candidates: the ``(c,)`` int64 rows of each, ascending, at least one.
        near: what the tables say of their recent events.
    """
    lists, rows = Lists.of(candidates), np.concatenate(candidates)
    vectors, queries = side.rows.take(rows, axis=0), np.stack([first.query for _, first in asked])
    scores, words = np.empty(len(rows), np.float32), np.zeros((3, len(rows)), np.float32)
    for query, (known, first), own in zip(queries, asked, lists.slices, strict=True):
        np.dot(vectors[own], query, out=scores[own])
        _fill_words(words[:, own], side, known, first, rows[own])
    scores += words[2]
    told = near.told.take(near.at(rows + (near.stride * lists.owners + 1)), axis=-1)
    sources = source_probabilities(lists, scores, *told[0], words[0] * np.exp(vectors[:, -1]))
    knowns = [known for known, _ in asked]
    log_mixture = mixture.log_probabilities(sources, [mixture_row(known) for known in knowns], lists)
    return Weighed(side, knowns, queries, rows, lists, scores, words, told, sources, log_mixture)


def _fill_words(
    block: NDArray[np.float32], side: CatalogueSide, known: Known, first: FirstStage, rows: NDArray[np.int64]
) -> None:
    """How far each candidate carries the texts asked for, and those declined, at most 1 each; and its lift."""
    if len(first.lift.rows):
        block[2] = first.lift.at(rows)
    for text, weight in known.declared:
        carriers, shares = side.lexicon.match(text)
        if len(carriers):
            place = carriers.searchsorted(rows)
            match = np.where(carriers.take(place, mode="clip") == rows, shares.take(place, mode="clip"), np.float32(0))
            part = block[0 if weight > 0 else 1]
            np.maximum(part, match, out=part)
