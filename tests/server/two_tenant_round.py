"""A server of two tenants beside a server for each of them alone, and the same random calls to both.

Knows nothing of what is asked.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from tests.server.feedback import kept_in
from tests.server.running import Running, running
from tests.server.tenant_requests import TENANTS
from tests.server.tiny_snapshot import TinySnapshot
from tests.server.token_issuer import SigningKey, jwks, settings_for
from tests.server.two_tenants import Operation, operations

AT_ONCE = 12


@dataclass(frozen=True)
class Servers:
    """The server of both, and each tenant's own, which knows no other."""

    both: Running
    alone: Mapping[str, Running]
    tokens: Mapping[tuple[str, ...], str]

    async def ask(self, part: Sequence[Operation]) -> None:
        """Asks what changes nothing at once, then the rest: each tenant's in order, the tenants beside each other."""
        await asyncio.gather(*(self._told(one) for one in part if not one.is_ordered))
        tenants = {one.tenant for one in part}
        lanes = [[one for one in part if one.is_ordered and one.tenant == tenant] for tenant in sorted(tenants)]
        await asyncio.gather(*(self._in_order(lane) for lane in lanes))

    async def _in_order(self, lane: Sequence[Operation]) -> None:
        for one in lane:
            await self._told(one)

    async def _told(self, operation: Operation) -> None:
        """Checks that the answer is a refusal that names nothing, or what the tenant's own server says."""
        answer = await operation.ask(self.both, self.tokens[operation.granted])
        if operation.is_permitted:
            own = await operation.ask(self.alone[operation.tenant])
            assert answer.tells_the_same_as(own), f"{operation}\n{answer}\n{own}"
            return
        name = operation.tenant or "default"
        assert answer.code is grpc.StatusCode.PERMISSION_DENIED, operation
        assert answer.details == f"the token does not name tenant {name!r}; ask for one it names", operation


async def two_tenant_round(directory: Path, *, seed: int, count: int) -> int:
    """Asks `count` random operations of a seed, `AT_ONCE` at a time, and returns how many were permitted."""
    directory.mkdir(parents=True, exist_ok=True)
    ids = [
        TinySnapshot(seed=number, prefix=prefix, profiles=True).publish(directory / "both", tenant)
        for number, (prefix, tenant) in enumerate(zip("ab", TENANTS, strict=True))
    ]
    work = operations(seed, count, snapshot_ids=ids)
    async with _servers(directory, {one.granted for one in work}) as servers:
        for start in range(0, count, AT_ONCE):
            await servers.ask(work[start : start + AT_ONCE])
    return sum(one.is_permitted for one in work)


@asynccontextmanager
async def _servers(directory: Path, granted: set[tuple[str, ...]]) -> AsyncGenerator[Servers]:
    key, pseudonyms = SigningKey("first"), directory / "pseudonyms.key"
    (directory / "jwks.json").write_text(jwks(key))
    pseudonyms.write_text(secrets.token_hex(32))
    tokens = {names: key.token(tenants=list(names), exp=time.time() + 36_000) for names in granted}

    def kept(name: str) -> dict[str, Any]:
        (directory / "kept" / name).mkdir(parents=True)
        changes = f"sqlite:///{directory / 'kept' / name / 'changes.db'}"
        return kept_in(directory / "kept" / name, events_key_file=pseudonyms, catalogue_changes=changes)

    async with AsyncExitStack() as stack:
        trusted = settings_for(directory / "jwks.json")
        both = await stack.enter_async_context(
            running(directory / "both", wait=False, tenants=TENANTS, **kept("both"), **trusted)
        )
        alone = {
            name: await stack.enter_async_context(running(directory / "both", tenants=(name,), **kept(name)))
            for name in TENANTS
        }
        await both.until(lambda: asyncio.sleep(0, both.server.tenants.is_settled))
        yield Servers(both, alone, tokens)
