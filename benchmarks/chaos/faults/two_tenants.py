"""S3: two tenants on one server: neither learns anything of the other, whatever is asked, recorded or changed."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.fault import Outcome, unmet
from tests.server.two_tenant_round import two_tenant_round


@dataclass(frozen=True)
class TwoTenants:
    """A round is a call, of every method that tells or changes something of a tenant."""

    id: str = "S3"
    title: str = "random calls of two tenants, a round a call; a tenant's own server says what it may be told"
    rounds: int = 100_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """The first answer that is not as the tenant's own server gives it ends the run."""
        with tempfile.TemporaryDirectory(prefix="firstlight-chaos-") as directory:
            try:
                permitted = asyncio.run(two_tenant_round(Path(directory) / "shops", seed=seed, count=rounds))
            except AssertionError as leak:
                return Outcome(rounds=rounds, failures=(f"told otherwise: {leak}",))
        failures = unmet(asked=(0 < permitted < rounds, f"{permitted:,} of {rounds:,} calls were permitted"))
        return Outcome(rounds=rounds, failures=failures, figures={"permitted": permitted, "told otherwise": 0})


FAULTS = (TwoTenants(),)
