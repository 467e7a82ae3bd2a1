"""H3: a bad snapshot is published, of every kind, by every road, while a server serves a good one."""

import asyncio
import itertools
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc
from grpc_health.v1.health_pb2 import HealthCheckResponse

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.tally import Tally
from firstlight.v1.index_service_pb2 import ActivateSnapshotRequest, SetCanaryRequest
from firstlight.v1.recommendation_service_pb2 import RecommendRequest
from firstlight_store import IndexSettings
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot
from tests.store import damage

# One list of many is probed and nothing fetched beyond it, so that most neighbours are missed.
POOR_INDEX = IndexSettings(kind="ivf_sq8", lists=64, overfetch=1, most_overfetch=1, recall_target=0.0, recall_floor=0.0)
PICKLE = b"cos\nsystem\n(S'touch unpickled'\ntR."

Damage = Callable[[Path], None]


def _flip(directory: Path) -> None:
    path = directory / "vectors.safetensors"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    damage.change("vectors.safetensors", bytes(data))(directory)


def _truncate(directory: Path) -> None:
    damage.change("index.faiss", (directory / "index.faiss").read_bytes()[:-1])(directory)


def _nothing(_: Path) -> None:
    """The snapshot is bad as it was built."""


KINDS: dict[str, tuple[str, Damage, TinySnapshot]] = {
    "a flipped bit": ("checksum", _flip, TinySnapshot(seed=1)),
    "a truncated file": ("checksum", _truncate, TinySnapshot(seed=1)),
    "two files swapped": ("checksum", damage.swap, TinySnapshot(seed=1)),
    "a file missing": ("missing_file", damage.remove("labels.parquet"), TinySnapshot(seed=1)),
    "no manifest": ("manifest", damage.remove("manifest.json"), TinySnapshot(seed=1)),
    "an edited manifest": ("manifest", damage.edit_manifest(dimension=99), TinySnapshot(seed=1)),
    "another format": ("format", damage.edit_manifest(format_version=2), TinySnapshot(seed=1)),
    "another metric": ("format", damage.edit_manifest(metric="l2"), TinySnapshot(seed=1)),
    "a file too many": ("unexpected_file", damage.change("extra.json", b"{}"), TinySnapshot(seed=1)),
    "a pickle": ("unexpected_file", damage.change("model.pkl", PICKLE), TinySnapshot(seed=1)),
    "a pickle in a listed file's place": ("checksum", damage.change("index.faiss", PICKLE), TinySnapshot(seed=1)),
    "a link": ("unsafe_file", damage.link, TinySnapshot(seed=1)),
    "no space": ("missing_file", _nothing, TinySnapshot(seed=2, space=False)),
    "a stored NaN": ("unreadable", _nothing, TinySnapshot(seed=3, not_a_number=True)),
    "a poor index": ("recall", _nothing, TinySnapshot(seed=4, items=2_000, index=POOR_INDEX)),
}
ROADS = ("CURRENT", "CANARY", "ActivateSnapshot", "SetCanary")


class BadPublication:
    """The old one goes on answering, health stays SERVING, and the refusal is counted with its reason."""

    id = "H3"
    title = f"a bad snapshot of {len(KINDS)} kinds, published by {len(ROADS)} roads"
    rounds = 10 * len(KINDS) * len(ROADS)

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many publications as ``rounds``, every kind before any is repeated.

        Of many the last of each kind is looked at by another process, as servers do by default.
        """
        apart = len(KINDS) if rounds >= 2 * len(KINDS) else 0
        with TemporaryDirectory() as place:
            return asyncio.run(_run(rounds - apart, apart, Path(place)))


async def _run(here: int, apart: int, place: Path) -> Outcome:
    built = {kind: snapshot.publish(place / "sound", activate=False) for kind, (_, _, snapshot) in KINDS.items()}
    shop = _Shop(place, built, good=TinySnapshot().publish(place / "data"))
    await shop.publish(here, inspect_apart=False)
    await shop.publish(apart, inspect_apart=True)
    return shop.tally.outcome(", ".join(f"{count} {reason}" for reason, count in shop.reasons.most_common()))


@dataclass(frozen=True)
class _Shop:
    """What is published, and what became of it.

    Attributes:
        place: the folders of the sound snapshots and of what is served.
        built: a snapshot's id a kind.
        good: the one that answers.
    """

    place: Path
    built: dict[str, str]
    good: str
    tally: Tally = field(default_factory=Tally)
    reasons: Counter[str] = field(default_factory=Counter[str])

    async def publish(self, rounds: int, *, inspect_apart: bool) -> None:
        """Damages and publishes one kind after the other beside the good one."""
        async with running(self.place / "data", inspect_apart=inspect_apart) as server:
            roads = itertools.cycle(ROADS)
            for kind in itertools.islice(itertools.cycle(KINDS), rounds):
                reason, hurt, _ = KINDS[kind]
                directory = self.place / "data" / "default" / self.built[kind]
                shutil.copytree(self.place / "sound" / "default" / self.built[kind], directory)
                hurt(directory)
                fault = await _published(server, directory, next(roads), kind=kind, reason=reason, good=self.good)
                self.tally.count(fault)
                self.reasons[reason] += 1
                shutil.rmtree(directory)


async def _published(server: Running, directory: Path, road: str, *, kind: str, reason: str, good: str) -> str | None:
    refusals = server.server.tenants.find("").refusals
    before = refusals[reason]

    async def refused() -> bool:
        return refusals[reason] > before

    with suppress(TimeoutError, grpc.aio.AioRpcError):
        await _take(server, directory, road)
    with suppress(TimeoutError):
        await server.until(refused, timeout_s=60)
    answered = (await server.recommendations.Recommend(RecommendRequest(page_size=1))).snapshot_id
    health = await server.health()
    _undo(directory.parent, good)
    await server.server.tenants.find("").refresh()
    if (refusals[reason], answered, health) != (before + 1, good, HealthCheckResponse.SERVING):
        return f"{kind} by {road}: {dict(refusals)}, {answered} answers, health {health}"
    return None


async def _take(server: Running, directory: Path, road: str) -> None:
    match road:
        case "CURRENT":
            (directory.parent / "CURRENT").write_text(f"{directory.name}\n", encoding="ascii")
        case "CANARY":
            (directory.parent / "CANARY").write_text(f"{directory.name} 1.000000\n", encoding="ascii")
        case "ActivateSnapshot":
            await server.index.ActivateSnapshot(ActivateSnapshotRequest(snapshot_id=directory.name))
        case _:
            await server.index.SetCanary(SetCanaryRequest(snapshot_id=directory.name, share=1.0))


def _undo(tenant: Path, good: str) -> None:
    (tenant / "CURRENT").write_text(f"{good}\n", encoding="ascii")
    (tenant / "CANARY").write_text("none\n", encoding="ascii")
