"""Tenants that compete share the server by weight; a tenant alone gets it all; a flood displaces only itself."""

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import permutations

import pytest

from firstlight_server.admission.fair_queue import FairQueue


@dataclass(eq=False)
class Call:
    tenant: str
    cost_s: float = 0.01


def served(queue: FairQueue[Call], seconds: float) -> dict[str, float]:
    """The server time each tenant gets until `seconds` are used up."""
    got: dict[str, float] = defaultdict(float)
    while sum(got.values()) < seconds and (call := queue.take()):
        got[call.tenant] += call.cost_s
    return got


def test_calls_of_one_tenant_keep_their_order() -> None:
    queue = FairQueue[Call]()
    calls = [Call("shop") for _ in range(5)]
    for call in calls:
        queue.put(call)
    assert [queue.take() for _ in range(6)] == [*calls, None]


def test_a_tenant_alone_gets_everything() -> None:
    queue = FairQueue[Call]({"other": 1_000.0})
    for _ in range(10):
        queue.put(Call("shop"))
    assert served(queue, 1.0) == {"shop": pytest.approx(0.1)}


@pytest.mark.parametrize("seed", range(20))
def test_tenants_that_both_wait_differ_by_at_most_one_call_of_each(seed: int) -> None:
    draw = random.Random(seed)
    weights = {"a": draw.choice([0.5, 1.0, 3.0]), "b": 1.0, "c": 2.0}
    queue = FairQueue[Call](weights)
    largest: dict[str, float] = defaultdict(float)
    for tenant in weights:
        for _ in range(400):
            call = Call(tenant, draw.uniform(0.001, 0.03))
            largest[tenant] = max(largest[tenant], call.cost_s)
            queue.put(call)
    got = served(queue, 2.0)
    for (one, share), (other, other_share) in permutations(weights.items(), 2):
        apart = got[one] / share - got[other] / other_share
        assert apart <= largest[one] / share + largest[other] / other_share + 1e-9


def test_a_tenant_that_rested_has_saved_nothing_up() -> None:
    queue = FairQueue[Call]()
    for _ in range(100):
        queue.put(Call("busy"))
    assert served(queue, 0.5) == {"busy": pytest.approx(0.5)}
    for _ in range(100):
        queue.put(Call("rested"))
    got = served(queue, 0.4)
    assert got["busy"] == pytest.approx(got["rested"], abs=0.021)


def test_room_is_made_by_the_newest_call_of_the_longest_line() -> None:
    queue = FairQueue[Call]()
    flood = [Call("flood") for _ in range(50)]
    for call in flood:
        queue.put(call)
    assert queue.make_room("flood", 0.01) is None
    assert queue.make_room("small", 0.01) is flood[-1]
    assert len(queue) == 49


def test_a_line_as_long_as_the_longest_displaces_nobody() -> None:
    queue = FairQueue[Call]()
    for tenant in ("a", "b"):
        for _ in range(5):
            queue.put(Call(tenant))
    assert queue.make_room("a", 0.01) is None


def test_what_is_ahead_of_a_call_is_its_own_line_and_no_more_of_the_others() -> None:
    queue = FairQueue[Call]()
    for _ in range(100):
        queue.put(Call("flood"))
    queue.put(Call("small"))
    assert queue.ahead_s("flood", 0.01) == pytest.approx(1.01)
    assert queue.ahead_s("small", 0.01) == pytest.approx(0.03)


def test_a_call_nobody_waits_for_is_taken_out_once() -> None:
    queue = FairQueue[Call]()
    call = Call("shop")
    queue.put(call)
    assert queue.remove(call)
    assert not queue.remove(call)
    assert len(queue) == 0
    assert queue.ahead_s("shop", 0.01) == 0.0
