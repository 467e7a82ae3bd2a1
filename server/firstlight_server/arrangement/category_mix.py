"""The mix of a user's categories, from the events that speak for their items. Knows nothing of pages."""

from collections import defaultdict

from firstlight_encoder.tokens import NEGATIVE_TYPES
from firstlight_server.answer import ReasonKind
from firstlight_server.arrangement.calibration import Category, CategoryMix
from firstlight_server.evidence import Clue, Evidence
from firstlight_store import ItemTable


def mix_of_events(evidence: Evidence, items: ItemTable) -> CategoryMix:
    """Each category's share in the weight of the events whose items the snapshot holds."""
    weights: defaultdict[Category, float] = defaultdict(float)
    for clue in evidence.clues:
        if clue.row is not None and _speaks_for(clue) and (category := items.category(clue.row)):
            weights[category] += clue.weight
    total = sum(weights.values())
    return {category: weight / total for category, weight in weights.items()}


def _speaks_for(clue: Clue) -> bool:
    return clue.kind is not ReasonKind.DECLARATION and clue.type not in NEGATIVE_TYPES and clue.weight > 0
