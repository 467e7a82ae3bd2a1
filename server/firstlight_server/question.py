"""One newcomer to be answered, before and after a snapshot has read them. Knows nothing of how items are ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstlight_encoder.tokens import TokenSequence
from firstlight_server.asked import Asked
from firstlight_server.declared_lift import Named
from firstlight_server.degradation.rung import Rung
from firstlight_server.evidence import Evidence
from firstlight_server.query import RecommendQuery
from firstlight_server.selection import Selection


@dataclass(frozen=True)
class Newcomer:
    """One user to answer: what they ask, what is known of them, how simply to answer, whether their interests shift."""

    query: RecommendQuery
    evidence: Evidence
    rung: Rung = Rung.FULL
    drifted: bool = False


@dataclass(frozen=True)
class Question:
    """The same as a snapshot reads them.

    Attributes:
        newcomer: who asks.
        tokens: what the tower read.
        named: what their declarations name.
        known: what both stages read of them.
        selection: the items that may be returned.
        rung: what the answer is made with.
    """

    newcomer: Newcomer
    tokens: TokenSequence
    named: Sequence[Named]
    known: Asked
    selection: Selection
    rung: Rung
