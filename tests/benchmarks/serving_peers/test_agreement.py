"""No speed is told of a contender that answers otherwise than exact search."""

from dataclasses import replace

import pytest

from benchmarks.measure import WrongAnswerError
from benchmarks.serving_peers.agreement import agreed_recall
from benchmarks.serving_peers.question import Answer

EXACT = Answer(tuple(f"i{rank}" for rank in range(12)), tuple(float(-rank) for rank in range(12)))
RIGHT = Answer(EXACT.item_ids[:10], EXACT.scores[:10])


def _with_last(item_id: str, score: float) -> Answer:
    return Answer((*RIGHT.item_ids[:9], item_id), (*RIGHT.scores[:9], score))


def test_the_ten_best_have_recall_one() -> None:
    assert agreed_recall([RIGHT, RIGHT], [EXACT, EXACT]) == 1.0


def test_one_item_missed_in_twenty_is_told_and_still_good() -> None:
    assert agreed_recall([RIGHT, _with_last("other", -20.0)], [EXACT, EXACT]) == pytest.approx(0.95)


def test_an_item_that_ties_with_the_tenth_is_as_good() -> None:
    tied = replace(EXACT, scores=(*EXACT.scores[:10], -9.0, -11.0))
    assert agreed_recall([_with_last("i10", -9.0)], [tied]) == 1.0


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (_with_last("other", -20.0), r"recall@10 is 0\.900"),
        (_with_last("i10", -10.0), r"recall@10 is 0\.900"),
        (_with_last("i9", -9.01), "a score differs by 0.01"),
        (Answer(RIGHT.item_ids[:9], RIGHT.scores[:9]), "9 items of 10"),
        (_with_last("i0", 0.0), "9 items of 10"),
        (Answer((), ()), "0 items of 10"),
    ],
    ids=["a strange item", "the eleventh", "another score", "nine items", "one twice", "nothing"],
)
def test_a_wrong_answer_is_refused(answer: Answer, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        agreed_recall([answer], [EXACT])
