"""How many recommendations a second each tenant may ask for: a token bucket each (as GCRA: one number a tenant).

Knows nothing of queues: a quota is spent whether the server is busy or not.
"""

from collections.abc import Mapping

from firstlight_server.errors import OverloadedError

_BURST_S = 1.0
"""How much of its rate a tenant may save up, in seconds: after a rest it may ask for a second's worth at once."""


class Quotas:
    """Rates by tenant, and who has used how much."""

    def __init__(self, *, rate: float, overrides: Mapping[str, float]) -> None:
        """Takes recommendations a second for tenants not in ``overrides``; 0 means no quota."""
        self._rate = rate
        self._overrides = overrides
        self._spent_until_s: dict[str, float] = {}

    def require(self, tenant: str, units: int, *, now_s: float) -> None:
        """Looks whether ``units`` more recommendations are within the tenant's quota, and counts nothing.

        Raises:
            OverloadedError: it is spent; the message names it and says when to come back.
        """
        rate = self._rate_of(tenant)
        if rate <= 0:
            return
        spent_until_s = max(self._spent_until_s.get(tenant, now_s), now_s)
        # A call larger than the whole bucket passes when the bucket is full, and pays by a longer wait of the next one.
        burst_s = max(_BURST_S, units / rate)
        retry_after_s = spent_until_s + units / rate - burst_s - now_s
        if retry_after_s > 1e-9:
            raise OverloadedError(
                f"tenant {tenant!r} has spent its quota of {rate:g} recommendations a second; "
                f"try again in {retry_after_s:.3f} s",
                reason="quota",
                retry_after_s=retry_after_s,
            )

    def spend(self, tenant: str, units: int, *, now_s: float) -> None:
        """Counts ``units`` recommendations against the tenant's quota."""
        rate = self._rate_of(tenant)
        if rate > 0:
            self._spent_until_s[tenant] = max(self._spent_until_s.get(tenant, now_s), now_s) + units / rate

    def _rate_of(self, tenant: str) -> float:
        return self._overrides.get(tenant, self._rate)
