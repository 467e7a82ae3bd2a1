"""Quotas bound a tenant's rate and name themselves when they refuse."""

import pytest

from firstlight_server.admission.quotas import Quotas
from firstlight_server.errors import OverloadedError


def passed(quotas: Quotas, tenant: str, *, seconds: float, calls_a_second: int, units: int = 1) -> int:
    count = 0
    for number in range(round(seconds * calls_a_second)):
        now_s = 100.0 + number / calls_a_second
        try:
            quotas.require(tenant, units, now_s=now_s)
        except OverloadedError:
            continue
        quotas.spend(tenant, units, now_s=now_s)
        count += units
    return count


def test_no_quota_refuses_nothing() -> None:
    assert passed(Quotas(rate=0, overrides={}), "shop", seconds=1, calls_a_second=1_000) == 1_000


@pytest.mark.parametrize(("tenant", "rate"), [("shop", 50), ("small", 5)], ids=["the rate of all", "its own rate"])
def test_a_tenant_gets_its_rate_and_a_seconds_worth_at_once(tenant: str, rate: int) -> None:
    quotas = Quotas(rate=50, overrides={"small": 5.0})
    assert passed(quotas, tenant, seconds=10, calls_a_second=500) == pytest.approx(11 * rate, rel=0.05)


def test_a_batch_counts_as_many_as_it_asks_for() -> None:
    quotas = Quotas(rate=50, overrides={})
    assert passed(quotas, "shop", seconds=10, calls_a_second=100, units=10) == pytest.approx(550, rel=0.05)


def test_a_batch_larger_than_the_bucket_passes_and_pays_later() -> None:
    quotas = Quotas(rate=5, overrides={})
    quotas.require("shop", 50, now_s=0.0)
    quotas.spend("shop", 50, now_s=0.0)
    with pytest.raises(OverloadedError) as caught:
        quotas.require("shop", 1, now_s=1.0)
    assert caught.value.retry_after_s == pytest.approx(8.2)


def test_a_refusal_names_the_quota_and_when_to_come_back() -> None:
    quotas = Quotas(rate=2, overrides={})
    for _ in range(2):
        quotas.require("shop", 1, now_s=0.0)
        quotas.spend("shop", 1, now_s=0.0)
    with pytest.raises(
        OverloadedError, match=r"'shop' has spent its quota of 2 recommendations a second; try again in"
    ):
        quotas.require("shop", 1, now_s=0.0)
    quotas.require("shop", 1, now_s=0.5)
