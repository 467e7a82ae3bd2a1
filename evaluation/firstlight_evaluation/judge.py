"""One model on a set of cases: its metrics for every user.

Scores come in batches so that a catalogue of 10^5 items needs no more than about 100 MB at a time. Knows nothing of
the curve, of intervals or of how the model was made.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case, Scorer
from firstlight_evaluation.errors import ScorerOutputError
from firstlight_evaluation.metrics import LONG_LIST_LENGTH, accuracy, hits
from firstlight_evaluation.ranking import top_items

_CASES_AT_ONCE = 256


def judge(scorer: Scorer, cases: Sequence[Case], *, seed: int) -> Mapping[str, NDArray[np.float64]]:
    """Ranks the whole catalogue for every case, history left out, and measures the head of the list.

    Args:
        scorer: the model.
        cases: who to rank for; at least one.
        seed: breaks ties.

    Returns:
        For each metric, ``(len(cases),)`` float64.

    Raises:
        ScorerOutputError: if the scores have another shape than asked for, or are not finite.
    """
    found = hits(head(scorer, cases, seed=seed), [case.targets for case in cases])
    return accuracy(found, np.array([len(case.targets) for case in cases], np.int64))


def head(scorer: Scorer, cases: Sequence[Case], *, seed: int) -> NDArray[np.int64]:
    """The head of the ranking of the whole catalogue for every case, history left out.

    Args:
        scorer: the model.
        cases: who to rank for; at least one.
        seed: breaks ties.

    Returns:
        ``(len(cases), LONG_LIST_LENGTH)`` int64 catalogue rows, best first, -1 where the catalogue ends.

    Raises:
        ScorerOutputError: if the scores have another shape than asked for, or are not finite.
    """
    random = np.random.default_rng(seed)
    batches = (cases[start : start + _CASES_AT_ONCE] for start in range(0, len(cases), _CASES_AT_ONCE))
    return np.concatenate([_head_of_batch(scorer, batch, random) for batch in batches])


def _head_of_batch(scorer: Scorer, batch: Sequence[Case], random: np.random.Generator) -> NDArray[np.int64]:
    scores = scorer.score(batch)
    _check(scorer.name, scores, batch)
    return top_items(scores, excluded=[case.history for case in batch], length=LONG_LIST_LENGTH, random=random)


def _check(name: str, scores: NDArray[np.float32], batch: Sequence[Case]) -> None:
    if scores.ndim != 2 or len(scores) != len(batch):
        raise ScorerOutputError(
            f"{name!r} returned scores of shape {scores.shape} for {len(batch)} cases; "
            "return one row a case and one column an item"
        )
    finite = np.isfinite(scores)
    if not finite.all():
        row, column = (int(place) for place in np.argwhere(~finite)[0])
        raise ScorerOutputError(
            f"{name!r} gave user {batch[row].user} the score {scores[row, column]} for item row {column}; "
            "scores must be finite (use a large negative number for 'never')"
        )
