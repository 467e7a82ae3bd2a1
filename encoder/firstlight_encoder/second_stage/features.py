"""What the ranker reads of each candidate. One piece of code computes it in training and in a server.

Knows nothing of where candidates came from or of how they are ranked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import TABLES, CatalogueSide
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.item_facts import UNKNOWN
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.mixture import SourceMixture, source_probabilities

Column = NDArray[np.float32]
"""One feature of every candidate, ``(c,)`` float32."""

FLOOR = np.float32(1e-5)
"""Added to probabilities before their logarithm is taken."""

_OF_SPACE = ("score below best", "affinity", "log prior", "rank in space")
_OF_TABLE = ("log sum", "log max", "log of last", "events that support", "rank")
_OF_LIKENESS = ("cosine to last", "mean cosine", "highest cosine", "cosine to disliked")
_OF_FACTS = ("share in category", "category of last", "share of brand", "log price ratio")
_OF_WORDS = ("match with declared", "match with declined", "lift by declarations")
_OF_CASE = ("events", "declarations", "mean log prior of events", "best score")

FEATURES: tuple[str, ...] = (
    *_OF_SPACE,
    *(f"{table}: {name}" for table in TABLES for name in _OF_TABLE),
    "log lift",
    "log mixture",
    *_OF_LIKENESS,
    *_OF_FACTS,
    *_OF_WORDS,
    *_OF_CASE,
)
"""The features' names, in the order of a matrix's columns."""


@dataclass(frozen=True)
class Candidates:
    """A shortlist with its features.

    Attributes:
        rows: ``(c,)`` int64 catalogue rows, ascending.
        scores: ``(c,)`` float32, the first stage's.
        log_mixture: ``(c,)`` float32.
        sources: ``(len(SOURCES), c)`` float32, of ``source_probabilities``.
        matrix: ``(c, len(FEATURES))`` float32, finite.
    """

    rows: NDArray[np.int64]
    scores: Column
    log_mixture: Column
    sources: NDArray[np.float32]
    matrix: NDArray[np.float32]


def describe(
    side: CatalogueSide, mixture: SourceMixture, known: Known, first: FirstStage, rows: NDArray[np.int64]
) -> Candidates:
    """The features of the candidates ``rows``.

    Args:
        side: the catalogue.
        mixture: of the sources.
        known: the newcomer.
        first: what the first stage says of them.
        rows: ``(c,)`` int64, ascending, at least one.
    """
    vectors, history = side.rows[rows], known.recent
    lift = first.lift.at(rows)
    scores = vectors @ first.query + lift
    tables = [side.tables[name] for name in TABLES]
    found = [table.between(history, rows) for table in tables]
    sums = [table.weights(len(history)) @ own for table, own in zip(tables, found, strict=True)]
    wanted, declined = _matches(side, known, rows)
    sources = source_probabilities(scores, *sums, wanted * np.exp(vectors[:, -1]))
    log_mixture = mixture.log_probability(sources, known)
    columns = [
        *_of_space(scores, vectors, first.query),
        *(column for own, total in zip(found, sums, strict=True) for column in _of_table(own, total)),
        np.log(sums[0] + FLOOR) - vectors[:, -1],
        log_mixture,
        *_of_likeness(side, known, vectors),
        *_of_facts(side, history, rows),
        wanted,
        declined,
        lift,
        *_of_case(side, known, scores),
    ]
    return Candidates(rows, scores, log_mixture, sources, np.stack(columns, axis=1, dtype=np.float32))


def ranks(values: Column) -> Column:
    """Each value's place among all, from 0 for the highest."""
    places = np.empty(len(values), np.float32)
    places[np.argsort(-values, kind="stable")] = np.arange(len(values), dtype=np.float32)
    return places


def _of_space(scores: Column, vectors: NDArray[np.float32], query: NDArray[np.float32]) -> list[Column]:
    prior = vectors[:, -1]
    return [scores - scores.max(), scores - query[-1] * prior, prior, ranks(scores)]


def _of_table(found: NDArray[np.float32], sums: Column) -> list[Column]:
    """Of ``found`` ``(k, c)``, the probabilities of candidates beside events, and their weighted ``sums``."""
    if not len(found):
        return [np.full(len(sums), value, np.float32) for value in (np.log(FLOOR), np.log(FLOOR), np.log(FLOOR), 0, 0)]
    support = np.count_nonzero(found, axis=0).astype(np.float32)
    return [np.log(sums + FLOOR), np.log(found.max(0) + FLOOR), np.log(found[-1] + FLOOR), support, ranks(sums)]


def _of_likeness(side: CatalogueSide, known: Known, vectors: NDArray[np.float32]) -> list[Column]:
    blank = np.zeros(len(vectors), np.float32)
    disliked = blank
    if len(known.disliked):
        disliked = (vectors[:, :-1] @ side.rows[known.disliked, :-1].T).max(1)
    if not len(known.recent):
        return [blank, blank, blank, disliked]
    cosines = vectors[:, :-1] @ side.rows[known.recent, :-1].T
    return [cosines[:, -1], cosines.mean(1), cosines.max(1), disliked]


def _of_facts(side: CatalogueSide, history: NDArray[np.int64], rows: NDArray[np.int64]) -> list[Column]:
    if not len(history):
        return [np.zeros(len(rows), np.float32)] * len(_OF_FACTS)
    facts = side.facts
    same_category = _same(facts.category, history, rows)
    same_brand = _same(facts.brand, history, rows)
    paid = facts.log_price[history]
    known = paid[~np.isnan(paid)]
    usual = known.mean() if len(known) else np.nan
    ratio = np.nan_to_num(facts.log_price[rows] - usual, nan=0.0)
    return [same_category.mean(0), same_category[-1], same_brand.mean(0), ratio]


def _same(codes: NDArray[np.int32], history: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """``(k, c)`` float32: 1 where a candidate shares an event's code, which is known."""
    own = codes[history][:, None]
    return np.asarray((own == codes[rows]) & (own != UNKNOWN), np.float32)


def _matches(side: CatalogueSide, known: Known, rows: NDArray[np.int64]) -> tuple[Column, Column]:
    """How far each candidate carries the texts asked for, and those declined, at most 1 each."""
    asked, declined = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
    for text, weight in known.declared:
        carriers, shares = side.lexicon.match(text)
        if len(carriers):
            place = np.minimum(np.searchsorted(carriers, rows), len(carriers) - 1)
            match = np.where(carriers[place] == rows, shares[place], np.float32(0))
            part = asked if weight > 0 else declined
            np.maximum(part, match, out=part)
    return asked, declined


def _of_case(side: CatalogueSide, known: Known, scores: Column) -> list[Column]:
    history = known.recent
    usual = side.log_prior[history].mean() if len(history) else 0.0
    values = (len(known.history), len(known.declared), usual, scores.max())
    return [np.full(len(scores), value, np.float32) for value in values]
