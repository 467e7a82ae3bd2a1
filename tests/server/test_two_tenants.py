"""Two tenants on one server: whatever is asked, nobody learns anything of the other."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot
from tests.server.token_issuer import SigningKey, bearer, jwks, settings_for
from tests.server.two_tenants import TENANTS, Operation, operations

OPERATIONS = 240
AT_ONCE = 12


async def two_tenant_round(directory: Path, *, seed: int, count: int) -> int:
    """Asks `count` random operations of a seed, `AT_ONCE` at a time, and returns how many were permitted."""
    key, data = SigningKey("first"), directory / "data"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "jwks.json").write_text(jwks(key))
    ids = [
        TinySnapshot(seed=number, prefix=prefix).publish(data, tenant)
        for number, (prefix, tenant) in enumerate(zip("ab", TENANTS, strict=True))
    ]
    async with AsyncExitStack() as stack:
        both = await stack.enter_async_context(
            running(data, wait=False, tenants=TENANTS, **settings_for(directory / "jwks.json"))
        )
        alone = {name: await stack.enter_async_context(running(data, tenants=(name,))) for name in TENANTS}
        await both.until(lambda: asyncio.sleep(0, both.server.tenants.is_settled))
        work = operations(seed, count, snapshot_ids=ids)
        tokens = {
            granted: key.token(tenants=list(granted), exp=time.time() + 3_600)
            for granted in {one.granted for one in work}
        }
        for start in range(0, count, AT_ONCE):
            part = work[start : start + AT_ONCE]
            await asyncio.gather(*(told(one, both, tokens[one.granted], alone) for one in part))
    return sum(one.is_permitted for one in work)


async def told(operation: Operation, both: Running, token: str, alone: dict[str, Running]) -> None:
    """Checks that the answer is a refusal that names nothing, or what the tenant's own server says."""
    answer = await operation.ask(both, token)
    if operation.is_permitted:
        assert answer.tells_the_same_as(await operation.ask(alone[operation.tenant])), operation
        return
    name = operation.tenant or "default"
    assert answer.code is grpc.StatusCode.PERMISSION_DENIED, operation
    assert answer.details == f"the token does not name tenant {name!r}; ask for one it names", operation


async def test_nobody_learns_anything_of_another_tenant(tmp_path: Path) -> None:
    permitted = await two_tenant_round(tmp_path, seed=0, count=OPERATIONS)
    assert OPERATIONS / 4 < permitted < OPERATIONS


async def test_who_may_not_ask_for_a_tenant_cannot_spend_its_quota(tmp_path: Path) -> None:
    key, data = SigningKey("first"), tmp_path / "data"
    (tmp_path / "jwks.json").write_text(jwks(key))
    for tenant in TENANTS:
        TinySnapshot().publish(data, tenant)
    mine, theirs = TENANTS
    request = pb.RecommendRequest(tenant=theirs)
    async with running(
        data, wait=False, tenants=TENANTS, tenant_rate=0.01, **settings_for(tmp_path / "jwks.json")
    ) as server:
        await server.until(lambda: asyncio.sleep(0, server.server.tenants.is_settled))
        for token in (key.token(tenants=[mine]), key.token(scope="snapshots.read", tenants=[theirs])):
            for metadata in (bearer(token), (*bearer(token), ("x-tenant", theirs))):
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await server.recommendations.Recommend(request, metadata=metadata)
                assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        allowed = bearer(key.token(tenants=[theirs]))
        assert (await server.recommendations.Recommend(request, metadata=allowed)).items
        with pytest.raises(grpc.aio.AioRpcError, match="quota"):
            await server.recommendations.Recommend(request, metadata=allowed)
        stranger = (*bearer(key.token(tenants=[mine])), ("x-tenant", theirs))
        with pytest.raises(grpc.aio.AioRpcError, match="does not name tenant"):  # and learns nothing of the quota
            await server.recommendations.Recommend(request, metadata=stranger)
