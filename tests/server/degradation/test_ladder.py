"""The rung follows the wait: down while a queue stands, up after a calm while, not to and fro."""

import math
from itertools import pairwise

from firstlight_server.call import Call
from firstlight_server.degradation.ladder import Ladders
from firstlight_server.degradation.rung import Rung

TARGET_S = 0.02


class Shop:
    """One tenant's calls, a hundred a second, on a clock of its own."""

    def __init__(self, *, target_wait_s: float = TARGET_S) -> None:
        self.now_s = 0.0
        self.ladders = Ladders(target_wait_s=target_wait_s, clock=lambda: self.now_s)

    def waits(self, wait_s: float, *, seconds: float, tenant: str = "shop") -> list[Rung]:
        rungs: list[Rung] = []
        for _ in range(round(seconds * 100)):
            self.now_s += 0.01
            self.ladders.admitted(Call("/Recommend", line=tenant), wait_s=wait_s)
            rungs.append(self.ladders.rung(tenant))
        return rungs


def test_short_waits_get_full_answers() -> None:
    assert set(Shop().waits(TARGET_S, seconds=5)) == {Rung.FULL}


def test_a_standing_queue_goes_down_one_rung_after_the_other() -> None:
    rungs = Shop().waits(2 * TARGET_S, seconds=3)
    assert list(dict.fromkeys(rungs)) == [Rung.FULL, Rung.FIRST_STAGE, Rung.KNOWN_VECTORS, Rung.PRIOR]


def test_a_burst_that_drains_is_no_overload() -> None:
    shop = Shop()
    for _ in range(20):
        rungs = shop.waits(1.0, seconds=0.1) + shop.waits(0.0, seconds=0.1)
        assert set(rungs) == {Rung.FULL}


def test_it_goes_up_again_only_after_a_calm_while() -> None:
    shop = Shop()
    shop.waits(1.0, seconds=0.5)
    low = shop.ladders.rung("shop")
    assert set(shop.waits(0.0, seconds=1.5)) == {low}
    assert shop.waits(0.0, seconds=10.0)[-1] is Rung.FULL


def test_waits_between_calm_and_target_change_nothing() -> None:
    shop = Shop()
    shop.waits(1.0, seconds=0.5)
    low = shop.ladders.rung("shop")
    assert low is not Rung.FULL
    assert set(shop.waits(0.5 * TARGET_S, seconds=20.0)) == {low}


def test_an_overload_that_lasts_is_not_answered_in_turns() -> None:
    shop = Shop()
    rungs: list[Rung] = []
    for _ in range(200):  # a rung down takes the wait away, a rung up brings it back
        waits_s = 2 * TARGET_S if shop.ladders.rung("shop") is Rung.FULL else 0.0
        rungs += shop.waits(waits_s, seconds=0.1)
    assert sum(before is not after for before, after in pairwise(rungs)) <= 20
    assert rungs.count(Rung.FULL) < 0.25 * len(rungs)


def test_a_tenants_flood_degrades_its_own_answers_only() -> None:
    shop = Shop()
    shop.waits(1.0, seconds=2.0, tenant="flood")
    assert shop.ladders.rung("flood") is not Rung.FULL
    assert shop.ladders.rung("shop") is Rung.FULL


def test_without_calls_it_recovers_too() -> None:
    shop = Shop()
    shop.waits(1.0, seconds=0.5)
    rungs: list[Rung] = []
    for _ in range(10):
        shop.now_s += 3.0
        rungs.append(shop.ladders.rung("shop"))
    assert rungs[-1] is Rung.FULL


def test_an_infinite_target_never_degrades() -> None:
    assert set(Shop(target_wait_s=math.inf).waits(100.0, seconds=2.0)) == {Rung.FULL}
