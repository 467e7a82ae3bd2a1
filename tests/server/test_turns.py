"""Turns are short while the block runs, and as they were after it, however it ended; rests are as long as asked."""

import sys
import time

import pytest

from firstlight_server.turns import Turns


def test_turns_are_short_inside_and_as_before_after() -> None:
    usual_s = sys.getswitchinterval()
    with Turns():
        assert sys.getswitchinterval() < usual_s / 10
    assert sys.getswitchinterval() == pytest.approx(usual_s)
    with pytest.raises(ValueError, match="in the midst"), Turns():
        raise ValueError("in the midst")
    assert sys.getswitchinterval() == pytest.approx(usual_s)


@pytest.mark.parametrize(("share", "rests"), [(1.0, 0.0), (0.2, 4.0)])
def test_rests_leave_others_the_rest_of_the_time(share: float, rests: float) -> None:
    slept_s: list[float] = []
    with Turns(share=share, sleep=slept_s.append) as turns:
        begun_s = time.thread_time()
        for _ in range(3):
            sum(range(200_000))
            turns.rest()
        spent_s = time.thread_time() - begun_s
    assert len(slept_s) == 3
    assert 0.5 * rests * spent_s <= sum(slept_s) <= rests * spent_s


def test_what_was_rested_for_is_not_rested_for_again() -> None:
    slept_s: list[float] = []
    with Turns(share=0.5, sleep=slept_s.append) as turns:
        sum(range(2_000_000))
        turns.rest()
        turns.rest()
    assert slept_s[1] < slept_s[0] / 2
