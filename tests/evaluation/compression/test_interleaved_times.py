from functools import partial

import pytest

from firstlight_evaluation.compression.interleaved_times import median_milliseconds


def test_calls_take_turns_and_the_first_turn_warms_up() -> None:
    told: list[tuple[str, int]] = []

    def call(name: str, number: int) -> None:
        told.append((name, number))

    median_milliseconds({name: partial(call, name) for name in ("a", "b")}, rounds=2, count=2)
    assert told == [("a", 0), ("a", 1), ("b", 0), ("b", 1)] * 3


@pytest.mark.parametrize("factor", [4, 16])
def test_more_work_takes_longer(factor: int) -> None:
    times = median_milliseconds(
        {"little": lambda _: sum(range(20_000)), "much": lambda _: sum(range(20_000 * factor))}, rounds=5, count=5
    )
    assert times["much"] > 0.5 * factor * times["little"] > 0
