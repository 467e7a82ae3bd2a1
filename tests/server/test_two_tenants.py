"""Two tenants on one server: whatever is asked, nobody learns anything of the other."""

import asyncio
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from tests.server.running import running
from tests.server.tenant_requests import TENANTS
from tests.server.tiny_snapshot import TinySnapshot
from tests.server.token_issuer import SigningKey, bearer, jwks, settings_for
from tests.server.two_tenant_round import two_tenant_round

OPERATIONS = 200


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
