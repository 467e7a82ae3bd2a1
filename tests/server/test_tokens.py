"""Bearer tokens over real gRPC: every method found by reflection, every kind of bad token, and keys that rotate."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from firstlight.v1 import recommendation_service_pb2
from firstlight_server.errors import SettingsError
from firstlight_server.identity.identity import caller_digest
from firstlight_server.identity.policy import POLICIES, Policy, require_policies
from tests.server.asked import DENIED, RECOMMEND, UNAUTHENTICATED, Metadata, asked, until_code, until_loaded
from tests.server.running import Running, running
from tests.server.token_issuer import (
    ISSUER,
    SigningKey,
    bearer,
    jwks,
    settings_for,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey("first")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(published: Path, tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> AsyncIterator[Running]:
    """A server that asks for tokens, reflection included."""
    keys = tmp_path_factory.mktemp("keys") / "jwks.json"
    keys.write_text(jwks(key))
    async with running(published, wait=False, reflection=True, **settings_for(keys)) as one:
        await until_loaded(one)
        yield one


async def failure(server: Running, metadata: Metadata | None, **request: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.recommendations.Recommend(
            recommendation_service_pb2.RecommendRequest(**request), metadata=metadata, timeout=10
        )
    return caught.value


async def reflected_methods(server: Running, metadata: Metadata) -> dict[str, bool]:
    """Every method that the server tells of, and whether it streams."""
    info = server.channel.stream_stream(
        REFLECTION,
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )

    async def ask(question: reflection_pb2.ServerReflectionRequest) -> Any:
        return await anext(aiter(info(iter([question]), metadata=metadata)))

    found: dict[str, bool] = {}
    for service in (await ask(reflection_pb2.ServerReflectionRequest(list_services=""))).list_services_response.service:
        reply = await ask(reflection_pb2.ServerReflectionRequest(file_containing_symbol=service.name))
        files = [FileDescriptorProto.FromString(raw) for raw in reply.file_descriptor_response.file_descriptor_proto]
        for file in files:
            for described in file.service:
                if f"{file.package}.{described.name}" == service.name:
                    for method in described.method:
                        streams = method.client_streaming or method.server_streaming
                        found[f"/{service.name}/{method.name}"] = streams
    return found


def public_key_as_secret(key: SigningKey) -> str:
    """The classic confusion: HS256, the published key being the secret. PyJWT refuses to make it, so by hand."""
    pem = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, payload = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT", "kid": key.id}, claims_of(key))
    )
    signature = base64.urlsafe_b64encode(hmac.new(pem, header + b"." + payload, hashlib.sha256).digest()).rstrip(b"=")
    return b".".join((header, payload, signature)).decode()


def claims_of(key: SigningKey) -> dict[str, Any]:
    payload = key.token().split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def unsigned(key: SigningKey) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{key.token().split('.')[1]}."


BAD: dict[str, tuple[Callable[[SigningKey], Metadata | None], str]] = {
    "absent": (lambda _: None, "no token: send one metadata entry"),
    "not a bearer's": (lambda key: (("authorization", f"Basic {key.token()}"),), "no token"),
    "sent twice": (lambda key: bearer(key.token()) * 2, "no token: send one"),
    "no JWT": (lambda _: bearer("hello"), "not a JWT"),
    "expired": (lambda key: bearer(key.token(exp=time.time() - 1)), "has expired"),
    "not yet valid": (lambda key: bearer(key.token(nbf=time.time() + 60)), "not valid yet"),
    "forged by another key of the same name": (lambda key: bearer(SigningKey(key.id).token()), "does not verify"),
    "forged by an unknown key": (lambda _: bearer(SigningKey("other").token()), "does not publish"),
    "tampered with": (lambda key: bearer(".".join([*key.token().split(".")[:2], "AAAA"])), "does not verify"),
    "for another audience": (lambda key: bearer(key.token(aud="another")), "for another audience"),
    "of another issuer": (lambda key: bearer(key.token(iss="https://evil.test")), "of an issuer that is not trusted"),
    "without signature": (lambda key: bearer(unsigned(key)), "algorithm is not accepted"),
    "signed with the public key": (lambda key: bearer(public_key_as_secret(key)), "algorithm is not accepted"),
    "without an end": (lambda key: bearer(key.token(exp=None)), "lacks one of the claims"),
    "without an audience": (lambda key: bearer(key.token(aud=None)), "lacks one of the claims"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_token_opens_no_method_found_by_reflection(guarded: Running, key: SigningKey, case: str) -> None:
    methods = await reflected_methods(guarded, bearer(key.token()))
    assert set(methods) == set(POLICIES)
    make, message = BAD[case]
    metadata = make(key)
    codes = {
        method: await asked(guarded, method, metadata, b"\xff\xff", streams=streams)
        for method, streams in methods.items()
    }
    assert codes == dict.fromkeys(methods, UNAUTHENTICATED)
    assert message in str((await failure(guarded, metadata)).details())


async def test_a_refusal_repeats_nothing_of_the_token(guarded: Running, key: SigningKey) -> None:
    for make, _ in BAD.values():
        metadata = make(key)
        told = str((await failure(guarded, metadata)).details())
        assert "evil" not in told
        assert metadata is None or not any(value.partition(" ")[2] in told for _, value in metadata if " " in value)


async def test_a_good_token_opens_every_method(guarded: Running, key: SigningKey) -> None:
    metadata = bearer(key.token())
    for method, streams in (await reflected_methods(guarded, metadata)).items():
        assert await asked(guarded, method, metadata, streams=streams) not in {UNAUTHENTICATED, DENIED}, method


@pytest.mark.parametrize("method", [name for name, policy in POLICIES.items() if policy.scope])
async def test_a_token_without_the_methods_scope_is_denied_by_name(
    guarded: Running, key: SigningKey, method: str
) -> None:
    scope = POLICIES[method].scope
    others = " ".join({policy.scope for policy in POLICIES.values()} - {scope, ""})
    for scopes in (others, None, "", [others], {"recommend": True}, scope.upper()):
        assert await asked(guarded, method, bearer(key.token(scope=scopes))) is DENIED
    assert await asked(guarded, method, bearer(key.token(scope=[scope]))) is not DENIED


async def test_a_missing_scope_is_named(guarded: Running, key: SigningKey) -> None:
    error = await failure(guarded, bearer(key.token(scope="snapshots.read")))
    assert error.details() == "the token lacks the scope 'recommend', which this method needs"
    caller = caller_digest(ISSUER, "shop-frontend")
    assert any(f'"caller": "{caller}"' in line and "DENIED" in line for line in guarded.log.getvalue().splitlines())


@pytest.mark.parametrize("tenants", [None, [], "", [""], {}, 5, ["other"], "Default", "*"])
async def test_a_token_that_does_not_name_the_tenant_is_denied(
    guarded: Running, key: SigningKey, tenants: object
) -> None:
    for tenant in ("", "default"):
        assert (await failure(guarded, bearer(key.token(tenants=tenants)), tenant=tenant)).code() is DENIED


async def test_an_unknown_tenant_and_a_forbidden_one_look_the_same(
    published: Path, tmp_path: Path, key: SigningKey
) -> None:
    (tmp_path / "jwks.json").write_text(jwks(key))
    settings = settings_for(tmp_path / "jwks.json", tenants=("default", "real"))
    async with running(published, wait=False, **settings) as server:
        await until_loaded(server)
        told = {name: await failure(server, bearer(key.token()), tenant=name) for name in ("real", "none")}
    assert {error.code() for error in told.values()} == {DENIED}
    assert {str(error.details()).replace(name, "X") for name, error in told.items()} == {
        "the token does not name tenant 'X'; ask for one it names"
    }


async def test_a_tenant_in_the_body_of_a_batch_cannot_climb(guarded: Running, key: SigningKey) -> None:
    one = recommendation_service_pb2.RecommendRequest(tenant="other")
    request = recommendation_service_pb2.BatchRecommendRequest(requests=[one])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await guarded.recommendations.BatchRecommend(request, metadata=bearer(key.token(tenants="default other")))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_health_may_be_asked_openly_where_a_setting_says_so(
    published: Path, tmp_path: Path, key: SigningKey
) -> None:
    (tmp_path / "jwks.json").write_text(jwks(key))
    async with running(published, **settings_for(tmp_path / "jwks.json", open_health=True)) as server:
        assert await server.health() == health_pb2.HealthCheckResponse.SERVING
        assert await asked(server, RECOMMEND, None) is UNAUTHENTICATED


async def test_a_method_without_a_policy_does_not_start() -> None:
    methods = set(POLICIES)
    require_policies(methods)
    with pytest.raises(SettingsError, match=r"no policy says who may call /grpc\.health\.v1\.Health/Watch"):
        require_policies(methods, {name: policy for name, policy in POLICIES.items() if not name.endswith("Watch")})
    unbound = {**POLICIES, RECOMMEND: Policy("recommend")}
    with pytest.raises(SettingsError, match="misstates whether a request names a tenant"):
        require_policies(methods, unbound)


async def test_the_server_asks_for_the_policy_of_what_it_registers(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer = {name: policy for name, policy in POLICIES.items() if name != RECOMMEND}
    monkeypatch.setattr(require_policies, "__defaults__", (fewer,))
    with pytest.raises(SettingsError, match="no policy says who may call"):
        async with running(published, wait=False):
            pass


async def test_a_remembered_token_still_ends_on_time(guarded: Running, key: SigningKey) -> None:
    metadata = bearer(key.token(exp=time.time() + 1))
    assert await asked(guarded, RECOMMEND, metadata) is grpc.StatusCode.OK
    await until_code(guarded, metadata, UNAUTHENTICATED)
