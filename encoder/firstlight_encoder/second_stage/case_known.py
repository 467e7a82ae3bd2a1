"""A case of the log as the second stage reads it. Knows nothing of ranking."""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.labels import Labels
from firstlight_encoder.ranking_quality import best_first
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.second_stage.shortlist import FROM_SPACE
from firstlight_encoder.tokens import NEGATIVE_TYPES


def case_known(case: Case, labels: Labels) -> Known:
    """What ``case`` tells: its events for and against, and the names it declares."""
    against = np.isin(case.types, [int(kind) for kind in NEGATIVE_TYPES]) | (case.weights < 0)
    declared = tuple((labels.names[label], weight) for label, weight in case.said)
    return Known(case.history[~against], case.history[against], declared)


def case_seeker(case: Case, first: FirstStage, scores: NDArray[np.float32], *, labels: Labels) -> Seeker:
    """``case`` as a server would have it: what it knows is not returned.

    Args:
        case: what is known.
        first: what the first stage says of it.
        scores: ``(n,)`` float32, the first stage's of all items, lifts included.
        labels: what the case declares.
    """
    found = best_first(scores, count=FROM_SPACE + len(case.history))
    found = found[~np.isin(found, case.history)]
    return Seeker(case_known(case, labels), first, found, dropped=case.history)
