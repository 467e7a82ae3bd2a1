"""A model that lives elsewhere, as it comes back: its lists under each of its seeds, and what it says of itself.

Knows nothing of files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstlight_evaluation.contender import Contender
from firstlight_evaluation.exchange.list_scorer import ListScorer
from firstlight_evaluation.points import Evidence


@dataclass(frozen=True)
class Peer:
    """One peer.

    Attributes:
        name: what reports call it.
        answers_from: the evidence it ranked by.
        scorers: its lists, one scorer a seed.
        settings: what it says of itself: options tried and chosen, versions, seconds.
    """

    name: str
    answers_from: frozenset[Evidence]
    scorers: Sequence[ListScorer]
    settings: Mapping[str, object]

    def contender(self, run: int) -> Contender:
        """The peer as the baseline of the ``run``-th seed (from 0); its own seeds take turns."""
        return Contender(self.scorers[run % len(self.scorers)], self.answers_from, settings=self.settings)
