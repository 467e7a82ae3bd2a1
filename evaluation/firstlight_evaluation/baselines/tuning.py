"""Gives every baseline the same small budget: fit each option on training users, keep the best on validation users.

Test users are never seen here. Knows nothing of what the options mean.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from firstlight_encoder.cases import Case, Scorer
from firstlight_evaluation.judge import judge
from firstlight_evaluation.metrics import MAIN_METRIC

MAX_OPTIONS = 8
"""The budget: no baseline may try more settings than this."""

Option = TypeVar("Option")


@dataclass(frozen=True)
class Tuned(Generic[Option]):
    """The option that won on validation users.

    Attributes:
        scorer: the model fitted with it.
        option: the option.
        value: its mean ``MAIN_METRIC`` on the validation cases; None where there were none to tune on.
    """

    scorer: Scorer
    option: Option
    value: float | None


def tune(
    build: Callable[[Option], Scorer], options: Sequence[Option], *, cases: Sequence[Case], seed: int
) -> Tuned[Option]:
    """The best of ``options`` by mean ``MAIN_METRIC`` over ``cases``; the first one where there are no cases.

    Args:
        build: fits a model with one option.
        options: what to try, the plainest first, at most ``MAX_OPTIONS``; ties go to the earlier one.
        cases: of validation users.
        seed: breaks ties between items.

    Raises:
        ValueError: if there is no option, or there are more than the budget allows.
    """
    if not 0 < len(options) <= MAX_OPTIONS:
        raise ValueError(f"options: {len(options)} given, a baseline tries 1 to {MAX_OPTIONS}")
    best: Tuned[Option] | None = None
    for option in options if cases else ():
        # One fitted model beside the best so far: a dense one may hold hundreds of megabytes.
        scorer = build(option)
        value = float(np.mean(judge(scorer, cases, seed=seed)[MAIN_METRIC]))
        if best is None or best.value is None or value > best.value:
            best = Tuned(scorer, option, value)
    return best if best is not None else Tuned(build(options[0]), options[0], None)
