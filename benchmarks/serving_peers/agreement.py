"""Whether a contender answers what exact search answers. Knows nothing of contenders or wires."""

from collections.abc import Sequence

import numpy as np

from benchmarks.measure import WrongAnswerError
from benchmarks.serving_peers.nearest import LEAST_RECALL
from benchmarks.serving_peers.question import PAGE_SIZE, Answer

SCORE_TOLERANCE = 1e-3


def agreed_recall(answers: Sequence[Answer], exact: Sequence[Answer]) -> float:
    """Recall@10 of answers to the same questions, once they are found good.

    Args:
        answers: of ten items each.
        exact: the best items of all, ten and some more each, so that what ties with the tenth is known too.

    Raises:
        WrongAnswerError: an answer is not ten items, a score is off by more than 1e-3, or recall is below .95.
    """
    recalls = [_recall(answer, best) for answer, best in zip(answers, exact, strict=True)]
    found = float(np.mean(recalls))
    if found < LEAST_RECALL:
        raise WrongAnswerError(f"recall@{PAGE_SIZE} is {found:.3f}, at least {LEAST_RECALL} is needed")
    return found


def _recall(answer: Answer, exact: Answer) -> float:
    if len(set(answer.item_ids)) != PAGE_SIZE:
        raise WrongAnswerError(f"{len(set(answer.item_ids))} items of {PAGE_SIZE}")
    known = dict(zip(exact.item_ids, exact.scores, strict=True))
    found = {item_id: score for item_id, score in zip(answer.item_ids, answer.scores, strict=True) if item_id in known}
    off = max((abs(score - known[item_id]) for item_id, score in found.items()), default=0.0)
    if off > SCORE_TOLERANCE:
        raise WrongAnswerError(f"a score differs by {off:.5f} from the exact one")
    worst = exact.scores[PAGE_SIZE - 1] - SCORE_TOLERANCE  # of equally good items any may be told
    return sum(known[item_id] >= worst for item_id in found) / PAGE_SIZE
