"""A case of the log as the second stage reads it. Knows nothing of scores."""

import numpy as np

from firstlight_encoder.cases import Case
from firstlight_encoder.labels import Labels
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.tokens import NEGATIVE_TYPES


def case_known(case: Case, labels: Labels) -> Known:
    """What ``case`` tells: its events for and against, and the names it declares."""
    against = np.isin(case.types, [int(kind) for kind in NEGATIVE_TYPES]) | (case.weights < 0)
    declared = tuple((labels.names[label], weight) for label, weight in case.said)
    return Known(case.history[~against], case.history[against], declared)
