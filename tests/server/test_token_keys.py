"""The issuer's keys over real HTTP and files: rotated, withdrawn, out of reach, or none at all."""

import asyncio
from pathlib import Path

import grpc
import pytest

from firstlight_server.errors import SettingsError
from tests.server.asked import RECOMMEND, UNAUTHENTICATED, asked, until_code, until_loaded
from tests.server.running import running
from tests.server.token_issuer import SigningKey, bearer, jwks, published_keys, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey("first")


async def test_a_rotated_key_works_at_once_and_a_withdrawn_one_ends(published: Path, tmp_path: Path) -> None:
    old, new = SigningKey("old"), SigningKey("new")
    with published_keys(jwks(old)) as publisher:
        async with running(published, wait=False, **settings_for(publisher.url, token_keys_refresh_s=1)) as server:
            await until_loaded(server)
            with_old, with_new = bearer(old.token()), bearer(new.token())
            assert await asked(server, RECOMMEND, with_old) is grpc.StatusCode.OK
            publisher.content = jwks(old, new)
            assert await asked(server, RECOMMEND, with_new) is grpc.StatusCode.OK
            assert await asked(server, RECOMMEND, with_old) is grpc.StatusCode.OK
            publisher.content = jwks(new)
            await until_code(server, with_old, UNAUTHENTICATED)
            assert await asked(server, RECOMMEND, with_new) is grpc.StatusCode.OK


async def test_known_keys_outlive_their_issuer(published: Path, key: SigningKey) -> None:
    with published_keys(jwks(key)) as publisher:
        async with running(published, wait=False, **settings_for(publisher.url, token_keys_refresh_s=1)) as server:
            await until_loaded(server)
            publisher.content = None
            fetches = publisher.fetches

            async def failed_twice() -> bool:
                return publisher.fetches >= fetches + 2

            await server.until(failed_twice)
            assert await asked(server, RECOMMEND, bearer(key.token())) is grpc.StatusCode.OK
            assert server.log.getvalue().count("token keys not read") == 1


async def test_unknown_keys_ask_the_issuer_once(published: Path, key: SigningKey) -> None:
    with published_keys(jwks(key)) as publisher:
        async with running(published, wait=False, **settings_for(publisher.url)) as server:
            await until_loaded(server)
            forged = [bearer(SigningKey(f"k{number}").token()) for number in range(10)]
            codes = await asyncio.gather(*(asked(server, RECOMMEND, metadata) for metadata in forged * 2))
            assert set(codes) == {UNAUTHENTICATED}
            assert publisher.fetches == 2


async def test_an_issuer_that_is_not_there_yet_is_waited_for(published: Path, key: SigningKey) -> None:
    with published_keys(None) as publisher:
        settings = settings_for(publisher.url, token_keys_refresh_s=1)
        async with running(published, wait=False, **settings) as server:
            assert await asked(server, RECOMMEND, bearer(key.token())) is grpc.StatusCode.UNAVAILABLE
            publisher.content = jwks(key)
            await until_code(server, bearer(key.token()), grpc.StatusCode.OK)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: FileNotFoundError"),
        ("{", "is no JSON"),
        ("[]", "holds no public key that signs"),
        ('{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "s"}]}', "holds no public key that signs"),
        ('{"keys": [{"kty": "EC", "crv": "P-256", "kid": "s"}, 5]}', "holds no public key that signs"),
    ],
    ids=["no file", "no JSON", "no set", "a shared secret", "half a key"],
)
async def test_a_file_without_keys_stops_the_start(
    published: Path, tmp_path: Path, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "jwks.json").write_text(content)
    with pytest.raises(SettingsError, match=message):
        async with running(published, wait=False, **settings_for(tmp_path / "jwks.json")):
            pass
