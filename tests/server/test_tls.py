"""TLS and mutual TLS over real connections: who is let in, who is not, and how certificates change."""

import asyncio
import socket
import ssl
import warnings
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from firstlight import AsyncClient, ChannelConfig, Client, TLSConfig, Unauthenticated, Unavailable
from firstlight._cli import main as cli
from firstlight_server.errors import SettingsError
from tests.server.certificates import HOUR, Authority
from tests.server.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONCE = ChannelConfig(retry=None)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def tls_files(directory: Path, authority: Authority) -> dict[str, Path]:
    certificate, key = authority.pair().write(directory, "server")
    (directory / "ca.pem").write_bytes(authority.certificate)
    return {"tls_certificate": certificate, "tls_key": key, "tls_client_ca": directory / "ca.pem"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mutual(
    published: Path, tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> AsyncIterator[Running]:
    """A server that wants its clients' certificates."""
    files = tls_files(tmp_path_factory.mktemp("tls"), authority)
    async with running(published, wait=False, **files) as one:
        async with AsyncClient(target(one), tls=authority.tls(authority.pair("ready"))) as client:
            await client.wait_until_ready()
        yield one


def target(server: Running, host: str = "localhost") -> str:
    return f"{host}:{server.server.port}"


def calls(server: Running) -> int:
    return server.log.getvalue().count('"event": "call"')


async def test_a_client_with_our_certificate_is_answered(mutual: Running, authority: Authority) -> None:
    tls = authority.tls(authority.pair("shop"))
    async with AsyncClient(target(mutual), tls=tls) as client:
        assert len(await client.recommend()) == 10
    with Client(target(mutual), tls=tls) as client:
        assert len(await asyncio.to_thread(client.recommend)) == 10


@pytest.mark.parametrize("case", ["none", "another authority's", "another authority's of our name", "expired"])
async def test_a_client_without_a_good_certificate_never_reaches_a_handler(
    mutual: Running, authority: Authority, case: str
) -> None:
    shown = {
        "none": None,
        "another authority's": Authority("others").pair("shop"),
        "another authority's of our name": Authority().pair("shop"),
        "expired": authority.pair("shop", ends_in=-HOUR),
    }[case]
    before = calls(mutual)
    async with AsyncClient(target(mutual), tls=authority.tls(shown), channel=ONCE) as client:
        with pytest.raises(Unavailable):
            await client.recommend(timeout_s=5)
    assert calls(mutual) == before


async def test_a_client_of_another_name_never_reaches_a_handler_where_names_are_given(
    published: Path, tmp_path: Path, authority: Authority
) -> None:
    files = tls_files(tmp_path, authority)
    async with running(published, wait=False, **files, tls_client_names="shop, other-shop") as server:
        async with AsyncClient(target(server), tls=authority.tls(authority.pair("shop"))) as client:
            await client.wait_until_ready()
        for name in ("shopper", "SHOP", "*"):
            async with AsyncClient(target(server), tls=authority.tls(authority.pair(name))) as client:
                for ask in (client.recommend, client.snapshots, client.healthy):
                    with pytest.raises(Unauthenticated, match="carries no name that is admitted here"):
                        await ask()


async def test_plaintext_never_reaches_a_handler(mutual: Running) -> None:
    before = calls(mutual)
    async with AsyncClient(target(mutual), channel=ONCE) as client:
        with pytest.raises(Unavailable):
            await client.recommend(timeout_s=5)
    assert calls(mutual) == before


async def test_a_server_of_another_name_is_not_trusted_unless_that_name_is_meant(
    published: Path, tmp_path: Path, authority: Authority
) -> None:
    files = tls_files(tmp_path, authority)
    authority.pair("server.test").write(tmp_path, "server")
    async with running(published, wait=False, **files) as server:
        own = authority.pair("shop")
        async with AsyncClient(target(server), tls=authority.tls(own), channel=ONCE) as client:
            with pytest.raises(Unavailable):
                await client.recommend(timeout_s=5)
        assert calls(server) == 0
        meant = authority.tls(own, server_name="server.test")
        async with AsyncClient(target(server), tls=meant) as client:
            await client.wait_until_ready()


def handshake(port: int, version: ssl.TLSVersion, authority: Authority, directory: Path) -> str | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_cert_chain(*authority.pair("shop").write(directory, "shop"))
    context.load_verify_locations(cadata=authority.certificate.decode())
    context.set_alpn_protocols(["h2"])
    context.set_ciphers("ALL:@SECLEVEL=0")  # else OpenSSL itself would not offer the old versions
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    plain = socket.create_connection(("localhost", port), timeout=10)
    with context.wrap_socket(plain, server_hostname="localhost") as secure:
        return secure.version()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_tls_is_refused_by_the_server(
    mutual: Running, authority: Authority, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    with pytest.raises(ssl.SSLError) as caught:
        await asyncio.to_thread(handshake, mutual.server.port, version, authority, tmp_path)
    assert caught.value.reason == "UNEXPECTED_EOF_WHILE_READING"  # it heard our version, and hung up


async def test_tls_1_2_and_1_3_are_spoken(mutual: Running, authority: Authority, tmp_path: Path) -> None:
    for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
        assert await asyncio.to_thread(handshake, mutual.server.port, version, authority, tmp_path) == name


async def test_a_certificate_is_renewed_under_an_open_connection(
    published: Path, tmp_path: Path, authority: Authority
) -> None:
    files, own = tls_files(tmp_path, authority), authority.pair("shop")
    async with running(published, wait=False, **files) as server, AsyncClient(
        target(server), tls=authority.tls(own)
    ) as old:  # fmt: skip
        await old.wait_until_ready()
        successor = Authority("successor")
        successor.pair().write(tmp_path, "server")
        (tmp_path / "ca.pem").write_bytes(authority.certificate + successor.certificate)
        for _ in range(3):
            assert len(await old.recommend()) == 10
        async with AsyncClient(target(server), tls=successor.tls(own)) as new:
            assert len(await new.recommend()) == 10
        assert len(await old.recommend()) == 10
        assert server.log.getvalue().count("certificate renewed") == 1


@pytest.mark.parametrize("case", ["half written", "another key", "expired", "gone"])
async def test_a_broken_certificate_is_not_taken_and_is_logged_once(
    published: Path, tmp_path: Path, authority: Authority, case: str
) -> None:
    files, own = tls_files(tmp_path, authority), authority.pair("shop")
    async with running(published, wait=False, **files) as server:
        certificate, key = files["tls_certificate"], files["tls_key"]
        if case == "half written":
            certificate.write_bytes(certificate.read_bytes()[:300])
        elif case == "another key":
            key.write_bytes(authority.pair().key)
        elif case == "expired":
            authority.pair(ends_in=-HOUR).write(tmp_path, "server")
        else:
            key.unlink()
        for _ in range(3):
            async with AsyncClient(target(server), tls=authority.tls(own)) as client:
                await client.wait_until_ready()
        assert server.log.getvalue().count("certificate not renewed") == 1
        authority.pair().write(tmp_path, "server")
        async with AsyncClient(target(server), tls=authority.tls(own)) as client:
            await client.wait_until_ready()
        assert server.log.getvalue().count("certificate renewed") == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"tls_key": "nowhere.key"}, r"tls_key: .*nowhere\.key cannot be read: No such file", id="no key"),
        pytest.param({"tls_certificate": "ca.pem"}, "is not the key of tls_certificate", id="a key that does not fit"),
        pytest.param({"tls_certificate": "server.key"}, "holds no certificate in PEM", id="a key for a certificate"),
        pytest.param({"tls_key": "server.pem"}, "holds no private key in PEM", id="a certificate for a key"),
        pytest.param({"tls_certificate": "old.pem", "tls_key": "old.key"}, r"old\.pem expired on 20", id="expired"),
        pytest.param({"tls_client_ca": "old.pem"}, r"tls_client_ca: .*old\.pem expired on", id="an expired authority"),
    ],
)
async def test_unsound_certificates_stop_the_start_with_one_line(
    published: Path, tmp_path: Path, authority: Authority, change: dict[str, str], message: str
) -> None:
    files = tls_files(tmp_path, authority)
    authority.pair(ends_in=timedelta(days=-1)).write(tmp_path, "old")
    files |= {setting: tmp_path / name for setting, name in change.items()}
    with pytest.raises(SettingsError, match=message) as caught:
        async with running(published, wait=False, **files):
            pass
    assert "\n" not in str(caught.value)


async def test_the_command_line_speaks_mutual_tls(
    mutual: Running, authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate, key = authority.pair("shop").write(tmp_path, "shop")
    (tmp_path / "ca.pem").write_bytes(authority.certificate)
    shown = ["--ca", str(tmp_path / "ca.pem"), "--cert", str(certificate), "--key", str(key)]
    asked = ["health", "--target", target(mutual), *shown]
    assert await asyncio.to_thread(cli, asked, environ={}) == 0, capsys.readouterr()
    assert await asyncio.to_thread(cli, [*asked, "--server-name", "other.test"], environ={}) == 1
    assert await asyncio.to_thread(cli, [*asked, "--server-name", "localhost"], environ={}) == 0


async def test_tls_alone_asks_no_certificate_of_clients(published: Path, tmp_path: Path, authority: Authority) -> None:
    files = tls_files(tmp_path, authority)
    del files["tls_client_ca"]
    async with running(published, wait=False, **files) as server:
        tls = TLSConfig(root_certificates=files["tls_certificate"].with_name("ca.pem"))
        async with AsyncClient(target(server), tls=tls) as client:
            await client.wait_until_ready()
            assert (await client.recommend(page_size=3)).items


@pytest.mark.parametrize(
    ("settings", "open_door"),
    [
        pytest.param({}, True, id="no TLS and no tokens"),
        pytest.param({"tls": ("tls_certificate", "tls_key")}, True, id="TLS, but anybody may call"),
        pytest.param({"tls": ("tls_certificate", "tls_key", "tls_client_ca")}, False, id="mutual TLS"),
    ],
)
async def test_a_door_open_to_other_machines_must_be_meant(
    published: Path, tmp_path: Path, authority: Authority, settings: dict[str, tuple[str, ...]], open_door: bool
) -> None:
    files = tls_files(tmp_path, authority)
    chosen = {name: files[name] for name in settings.get("tls", ())}
    given: dict[str, object] = {"listen": "0.0.0.0:0", **chosen}
    if open_door:
        with pytest.raises(
            SettingsError, match=r"listen: 0\.0\.0\.0:0 is open to other machines, but .*allow_insecure"
        ):
            async with running(published, wait=False, **given):
                pass
    async with running(published, wait=False, **given, allow_insecure=open_door) as server:
        assert server.log.getvalue().count('"event": "insecure"') == int(open_door)


async def test_plain_loopback_says_nothing(published: Path) -> None:
    async with running(published, wait=False) as server:
        assert '"event": "insecure"' not in server.log.getvalue()
