"""What log lines and error messages never hold: tokens, metadata, users' words, paths, stack traces."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import grpc
import pytest

from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import AttributeFilter, Declaration, Event, Filter
from firstlight_server.answer import Answer
from firstlight_server.question import Newcomer
from firstlight_server.recommender import Recommender
from firstlight_server.redaction import message_for_caller
from firstlight_server.text_vectors import TextVectorMap
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot
from tests.server.token_issuer import SigningKey, bearer, jwks, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "swordfish"
WORDS = f"{SECRET} for my ulcer"


def telling() -> list[pb.RecommendRequest]:
    """Requests with the secret in every text a caller can send, sound ones and malformed ones."""
    shown = Filter(categories=[WORDS], brands=[WORDS], attributes=[AttributeFilter(key=WORDS, values=[WORDS])])
    sound = pb.RecommendRequest(
        events=[Event(item_id=WORDS, text=WORDS), Event(item_id=WORDS)],
        declarations=[Declaration(text=WORDS), Declaration(category=WORDS), Declaration(brand=WORDS)],
        exclude_item_ids=[WORDS],
        filter=shown,
        want_reasons=True,
    )
    malformed = pb.RecommendRequest(
        events=[Event(text=WORDS * 200)], declarations=[Declaration(text=WORDS * 200)], page_size=-1
    )
    return [sound, malformed, pb.RecommendRequest(tenant=WORDS), pb.RecommendRequest(tenant=SECRET.upper())]


Metadata = tuple[tuple[str, str | bytes], ...]


async def ended(call: "grpc.aio.UnaryUnaryCall[Any, Any]") -> str:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return str(error.details())
    return ""


async def test_no_log_line_holds_a_token_or_metadata_or_a_users_words(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Recommender, newcomers: Sequence[Newcomer], *, texts: TextVectorMap) -> list[Answer]:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(f"{WORDS} {newcomers}") from error

    key = SigningKey("first")
    (tmp_path / "jwks.json").write_text(jwks(key))
    good, forged = key.token(sub=SECRET), SigningKey("first").token(sub=SECRET)
    others: Metadata = (("x-note", WORDS), ("x-note-bin", SECRET.encode()))
    async with running(published, wait=False, **settings_for(tmp_path / "jwks.json")) as server:
        await server.until(lambda: asyncio.sleep(0, server.server.tenants.is_settled))
        ask = server.recommendations.Recommend
        sent: list[Metadata] = [(*bearer(good), *others), (*bearer(forged), *others), others, bearer(SECRET)]
        for metadata in sent:
            for request in telling():
                await ended(ask(request, metadata=metadata))
        similar = pb.SimilarItemsRequest(item_id=WORDS)
        await ended(server.recommendations.SimilarItems(similar, metadata=bearer(good)))
        await ended(server.index.GetSnapshot(index_pb.GetSnapshotRequest(snapshot_id=WORDS), metadata=bearer(good)))
        await ended(ask(pb.RecommendRequest(request_id=good[:128]), metadata=bearer(good)))
        monkeypatch.setattr(Recommender, "recommend", fail)
        told = await ended(ask(telling()[0], metadata=bearer(good)))
        log = server.log.getvalue() + "".join(capfd.readouterr())
    assert told.startswith("internal error; the service's log has it under request id")
    assert log.count('"event": "call"') > 15
    assert "builtins.KeyError\\nwhich led to" in log  # the place and the kind of an error are told, not its words
    assert '"reason": "malformed: events[0].text, declarations[0].text, page_size"' in log
    assert SECRET not in log.lower()
    for token in (good, forged):
        assert not any(part in log for part in token.split("."))


def cut(directory: Path) -> None:
    path = directory / "index.faiss"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def without_manifest(directory: Path) -> None:
    (directory / "manifest.json").unlink()


def linked(directory: Path) -> None:
    shutil.move(directory, directory.with_name("elsewhere"))
    directory.symlink_to(directory.with_name("elsewhere"))


@pytest.mark.parametrize("damage", [cut, without_manifest, linked, shutil.rmtree])
async def test_a_refused_snapshot_is_told_without_saying_where_it_lies(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    TinySnapshot().publish(tmp_path)
    bad = TinySnapshot(seed=1).publish(tmp_path, activate=False)
    async with running(tmp_path) as server:
        damage(tmp_path / "default" / bad)
        told = await ended(server.index.ActivateSnapshot(index_pb.ActivateSnapshotRequest(snapshot_id=bad)))
    assert bad in told
    assert str(tmp_path) not in told
    assert "Traceback" not in told


async def test_no_refusal_of_a_request_names_a_path(server: Running) -> None:
    for request in telling():
        assert "/" not in await ended(server.recommendations.Recommend(request))


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("/srv/data/default/s-1/index.faiss is cut", "index.faiss is cut"),
        ("[Errno 28] No space left on device: '/srv/data/x'", "[Errno 28] No space left on device: 'x'"),
        ('first line\n  File "/usr/lib/python3/x.py", line 1', 'first line File "x.py", line 1'),
        ("price per kg/l, https://docs.test/a/b", "price per kg/l, https://docs.test/a/b"),
    ],
)
async def test_directories_are_struck_out_of_messages(message: str, told: str) -> None:
    assert message_for_caller(OSError(message)) == told
