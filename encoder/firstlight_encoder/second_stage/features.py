"""What the ranker reads of each candidate. One piece of code computes it in training and in a server.

Knows nothing of where candidates came from or of how they are ranked.
"""

from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import TABLES, CatalogueSide
from firstlight_encoder.second_stage.descending import descending
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.item_facts import ItemFacts
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.mixture import SourceMixture, source_probabilities
from firstlight_encoder.second_stage.neighbourhood import Neighbourhood

Column = NDArray[np.float32]
"""One feature of every candidate, ``(c,)`` float32."""

Block = NDArray[np.float32]
"""The features of one group, one a line, ``(f, c)`` float32."""

FLOOR = np.float32(1e-5)
"""Added to probabilities before their logarithm is taken."""

_OF_SPACE = ("score below best", "affinity", "log prior", "rank in space")
_OF_TABLE = ("log sum", "log max", "log of last", "events that support", "rank")
_OF_MIXTURE = ("log lift", "log mixture")
_OF_LIKENESS = ("cosine to last", "mean cosine", "highest cosine", "cosine to disliked")
_OF_TASTE = ("taste beside last", "mean taste", "highest taste")
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

    @property
    def by_mixture(self) -> NDArray[np.int64]:
        """``(c,)`` int64: the candidates' places, the most probable by the mixture first."""
        return descending(self.log_mixture)


def describe(
    side: CatalogueSide,
    mixture: SourceMixture,
    known: Known,
    first: FirstStage,
    rows: NDArray[np.int64],
    *,
    near: Neighbourhood,
) -> Candidates:
    """The features of the candidates ``rows``.

    Args:
        side: the catalogue.
        mixture: of the sources.
        known: the newcomer.
        first: what the first stage says of them.
        rows: ``(c,)`` int64, ascending, at least one.
        near: what the tables say of the newcomer's recent events.
    """
    # A feature a line, so that each is written in place: what costs time here is the number of calls.
    sheet = np.empty((len(FEATURES), len(rows)), np.float32)
    space, tables, mixed, likeness, taste, facts, words, case = (sheet[span] for span in _SPANS)
    vectors = side.rows.take(rows, axis=0)
    products = _products(side, known, first.query, vectors)
    _fill_words(words, side, known, first, rows)
    scores = products[0] + words[2]
    found = near.between(rows)
    sums = np.matmul(near.weights[:, None], found)[:, 0]
    places = ranks(np.concatenate([scores[None], sums]))
    _fill_space(space, scores, vectors[:, -1], weight=first.query[-1], places=places[0])
    _fill_tables(tables.reshape(len(TABLES), len(_OF_TABLE), -1), found, sums, places[1:])
    sources = source_probabilities(scores, *sums, words[0] * np.exp(space[2]))
    log_mixture = mixture.log_probability(sources, known)
    np.subtract(tables[0], space[2], out=mixed[0])
    mixed[1] = log_mixture
    _fill_likeness(likeness, products[1:], events=len(known.recent))
    _fill_cosines(taste, side.tastes.take(known.recent, axis=0) @ side.tastes.take(rows, axis=0).T)
    _fill_facts(facts, side.facts, known.recent, rows)
    _fill_case(case, side, known, best=scores.max())
    return Candidates(rows, scores, log_mixture, sources, np.ascontiguousarray(sheet.T))


def ranks(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each value's place in its line of ``values`` ``(l, c)``, from 0 for the highest; equal ones keep their order."""
    height, width = len(values), values.shape[1]
    places = np.empty((height, width), np.float32)
    firsts = width * np.arange(height)[:, None]
    places.reshape(-1)[descending(values) + firsts] = np.arange(width, dtype=np.float32)
    return places


def _products(
    side: CatalogueSide, known: Known, query: NDArray[np.float32], vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """``(1 + k + m, c)``: inner products with the query, cosines to ``k`` recent events and to ``m`` disliked items."""
    items = np.concatenate([known.recent, known.disliked])
    probes = np.empty((1 + len(items), len(query)), np.float32)
    probes[0] = query
    probes[1:] = side.rows.take(items, axis=0)
    probes[1:, -1] = 0  # the prior says nothing of likeness
    return probes @ vectors.T


def _fill_space(block: Block, scores: Column, prior: Column, *, weight: np.float32, places: Column) -> None:
    np.subtract(scores, scores.max(), out=block[0])
    np.subtract(scores, weight * prior, out=block[1])
    block[2] = prior
    block[3] = places


def _fill_tables(
    block: NDArray[np.float32], found: NDArray[np.float32], sums: NDArray[np.float32], places: NDArray[np.float32]
) -> None:
    """Fills ``block`` ``(t, len(_OF_TABLE), c)``.

    Args:
        block: of every table.
        found: ``(t, k, c)``, the probabilities of candidates beside events.
        sums: ``(t, c)``, those weighted and added up.
        places: ``(t, c)``, the ranks of the sums.
    """
    logs = block[:, :3]
    logs[:, 0] = sums
    if found.shape[1]:
        found.max(axis=1, out=logs[:, 1])
        logs[:, 2] = found[:, -1]
        np.add.reduce(found > 0, axis=1, dtype=np.float32, out=block[:, 3])
        block[:, 4] = places
    else:
        logs[:, 1:] = 0
        block[:, 3:] = 0
    logs += FLOOR
    np.log(logs, out=logs)


def _fill_likeness(block: Block, cosines: NDArray[np.float32], *, events: int) -> None:
    """Of ``cosines`` ``(k + m, c)`` to so many events, then to disliked items."""
    own, disliked = cosines[:events], cosines[events:]
    _fill_cosines(block[:3], own)
    block[3] = disliked.max(axis=0) if len(disliked) else 0


def _fill_cosines(block: Block, cosines: NDArray[np.float32]) -> None:
    """Fills ``block`` ``(3, c)`` with the last, the mean and the highest of ``cosines`` ``(k, c)``; 0 without any."""
    if not len(cosines):
        block[:] = 0
        return
    block[0] = cosines[-1]
    np.add.reduce(cosines, axis=0, out=block[1])
    block[1] /= len(cosines)
    cosines.max(axis=0, out=block[2])


def _fill_facts(block: Block, facts: ItemFacts, history: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    block[:] = 0
    if not len(history) or facts.silent:
        return
    taken = facts.side_by_side.take(history, axis=0).T
    others = np.ascontiguousarray(facts.side_by_side.take(rows, axis=0).T)
    same = np.equal(taken[:2, :, None], others[:2, None])  # (2, k, c); what is unknown is like nothing
    np.add.reduce(same, axis=1, dtype=np.float32, out=block[:3:2])
    block[:3:2] /= len(history)
    block[1] = same[0, -1]
    paid = taken[2][~np.isnan(taken[2])]
    if len(paid):
        ratio = others[2] - paid.mean()
        np.copyto(block[3], ratio, where=~np.isnan(ratio))


def _fill_words(block: Block, side: CatalogueSide, known: Known, first: FirstStage, rows: NDArray[np.int64]) -> None:
    """How far each candidate carries the texts asked for, and those declined, at most 1 each; and its lift."""
    block[:] = 0
    if len(first.lift.rows):
        block[2] = first.lift.at(rows)
    for text, weight in known.declared:
        carriers, shares = side.lexicon.match(text)
        if len(carriers):
            place = carriers.searchsorted(rows)
            match = np.where(carriers.take(place, mode="clip") == rows, shares.take(place, mode="clip"), np.float32(0))
            part = block[0 if weight > 0 else 1]
            np.maximum(part, match, out=part)


def _fill_case(block: Block, side: CatalogueSide, known: Known, *, best: np.float32) -> None:
    history = known.recent
    block[0] = len(known.history)
    block[1] = len(known.declared)
    block[2] = np.add.reduce(side.log_prior.take(history)) / max(len(history), 1)
    block[3] = best
