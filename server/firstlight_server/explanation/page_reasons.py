"""The reasons of a page's items, told from their shares. Knows nothing of how shares were found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_server.answer import Reason, ReasonKind
from firstlight_server.evidence import Clue
from firstlight_server.explanation import told
from firstlight_server.explanation.counterfactual import DEPTH
from firstlight_server.explanation.sentences import Sentences
from firstlight_server.ranking import Ranking

MAX_REASONS = 10
"""Events, declarations, the prior and the others together: a page of 1,000 must fit a client's default message size."""


@dataclass(frozen=True, kw_only=True)
class PageReasons:
    """What ``k`` items owe to ``n`` clues.

    Attributes:
        clues: what is known of the user.
        sentences: the caller's language.
        rows: ``(k,)`` int64, the items.
        shares: ``(k, n)`` float64, of the clues.
        priors: ``(k,)`` float64, the prior's shares.
        prior_ranks: ``(k,)`` int64, the items' places in the order of the prior, from 1.
    """

    clues: Sequence[Clue]
    sentences: Sentences
    rows: NDArray[np.int64]
    shares: NDArray[np.float64]
    priors: NDArray[np.float64]
    prior_ranks: NDArray[np.int64]

    @cached_property
    def listed(self) -> list[list[int]]:
        """For each item the places of the clues that are told apart: all, or those of the largest shares."""
        if len(self.clues) < MAX_REASONS:
            return [list(range(len(self.clues)))] * len(self.rows)
        # One place is the prior's, one the others'.
        order = np.argsort(-np.abs(self.shares), axis=1, kind="stable")[:, : MAX_REASONS - 2]
        places: list[list[int]] = order.tolist()
        return places

    @property
    def listed_places(self) -> list[int]:
        """The places of the clues that some item's reasons tell apart."""
        return sorted({place for own in self.listed for place in own})

    def of(self, item: int, moves: Mapping[str, float], without: Mapping[int, Ranking]) -> tuple[Reason, ...]:
        """The reasons of one item, the strongest first.

        The prior is as strong as it lifts the item above the page's mean.

        Args:
            item: its place in the page, from 0.
            moves: how far rules changed its score.
            without: what was ranked without clues; empty where nobody asked.
        """
        found = self._clues(item, without)
        prior = float(self.priors[item])
        found.append(told.of_prior(prior, int(self.prior_ranks[item]), sentences=self.sentences))
        rest = len(self.clues) - len(self.listed[item])
        if rest:
            share = float(self.shares[item].sum() - self.shares[item, self.listed[item]].sum())
            found.append(told.of_others(share, rest, sentences=self.sentences))
        found += [told.of_rule(rule, share, sentences=self.sentences) for rule, share in moves.items()]
        return tuple(sorted(found, key=self._strength, reverse=True))

    def _clues(self, item: int, without: Mapping[int, Ranking]) -> list[Reason]:
        shares: list[float] = self.shares[item].tolist()
        places = self.listed[item]
        found = [told.of_clue(self.clues[place], shares[place], self._texts[place]) for place in places]
        if not without:
            return found
        return [self._ranked(one, item, without[place]) for one, place in zip(found, places, strict=True)]

    def _ranked(self, reason: Reason, item: int, ranking: Ranking) -> Reason:
        place = np.flatnonzero(ranking.rows == self.rows[item])
        rank = int(place[0]) + 1 if len(place) else DEPTH + 1
        text = self.sentences.between.join([reason.text, told.of_rank(rank, depth=DEPTH, sentences=self.sentences)])
        return replace(reason, text=text, rank_without=rank)

    @cached_property
    def _texts(self) -> list[told.Texts]:
        return [told.texts_of(clue, sentences=self.sentences) for clue in self.clues]

    @cached_property
    def _usual_prior(self) -> float:
        return float(self.priors.mean()) if len(self.priors) else 0.0

    def _strength(self, reason: Reason) -> float:
        return reason.share - self._usual_prior if reason.kind is ReasonKind.PRIOR else reason.share
