"""Turns are short while the block runs, and as they were after it, however it ended."""

import sys

import pytest

from firstlight_server.short_turns import short_turns


def test_turns_are_short_inside_and_as_before_after() -> None:
    usual_s = sys.getswitchinterval()
    with short_turns():
        assert sys.getswitchinterval() < usual_s / 10
    assert sys.getswitchinterval() == pytest.approx(usual_s)
    with pytest.raises(ValueError, match="in the midst"), short_turns():
        raise ValueError("in the midst")
    assert sys.getswitchinterval() == pytest.approx(usual_s)
