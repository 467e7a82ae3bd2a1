"""The newcomers that a space's few free numbers are chosen on. Knows nothing of spaces."""

from dataclasses import replace

import numpy as np

from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.counting_choice import BASKETS_A_NEWCOMER
from firstlight_encoder.labels import Labels
from firstlight_encoder.split import UserSplit

CASES_A_POINT = 1_000
"""The most held-out cases at one number of events."""

POINTS = (1, 2, 3, 5, 10)
"""Numbers of events of the held-out cases."""

DECLARED_POINTS = (0, 1, 3)
"""Numbers of events beside which declarations are weighed."""


def held_out_cases(split: UserSplit, labels: Labels) -> list[Case]:
    """Newcomers of every kind among the held-out users: with nothing, declarations, events or both."""
    newcomers = split.validation.newcomers(baskets=BASKETS_A_NEWCOMER)
    owners = np.zeros(len(newcomers.user_ids), np.int64)
    owners[newcomers.users] = split.validation.users
    declared = [cold_user_cases(newcomers, k=k, labels=labels) for k in DECLARED_POINTS]
    found = [cold_user_cases(newcomers, k=0), *declared, *(cold_user_cases(newcomers, k=k) for k in POINTS)]
    kept = [case for cases in found for case in cases[:: max(1, len(cases) // CASES_A_POINT)][:CASES_A_POINT]]
    return [replace(case, user=int(owners[case.user])) for case in kept]
