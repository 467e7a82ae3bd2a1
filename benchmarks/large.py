"""A large catalogue served: memory beside the bytes of its index, at rest, over a swap and by two; and time to start.

Knows nothing of how answers come about.
"""

import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import Progress

from benchmarks.cold_files import forget, read_s
from benchmarks.copied import publish_again
from benchmarks.cost import METHOD, message
from benchmarks.h2load import closed_loop
from benchmarks.made_up_snapshot import publish_made_up
from benchmarks.measure import Row, summarise
from benchmarks.process_memory import family_bytes, resident_bytes
from benchmarks.requests import scenarios
from benchmarks.serve import LOGS
from benchmarks.setting import Setting
from benchmarks.stages import first_stage_queries
from examples.server_process import ServerProcess, firstlight_server, server_process
from firstlight import Client
from firstlight_store import SnapshotStore

ITEMS = 1_000_000
RUNS = 5
CALLS, IN_FLIGHT, CONNECTIONS = 200, 32, 16
START_S = 600.0
OF_INDEX = ("index.faiss", "vectors.safetensors")
_POLL_S = 0.02


@dataclass(frozen=True)
class Life:
    """What one run came to.

    Attributes:
        one: bytes in memory of one server, mapped files included.
        swapping: the most over a swap, with the process that inspects the other snapshot.
        alone: bytes of one, pages that others map too counted in part.
        two: the same of two workers and their supervisor.
        start_s: seconds from nothing in memory to SERVING.
        read_s: seconds to read the snapshot's files and do nothing else.
    """

    one: int
    alone: int
    swapping: int
    two: int
    start_s: float
    read_s: float


def measure_large(setting: Setting, progress: Progress) -> list[Row]:
    """Rows of a catalogue of ``ITEMS`` made-up items, ranked by the first stage alone.

    Raises:
        LoadError: a call was not answered.
    """
    with tempfile.TemporaryDirectory(dir=setting.workdir) as folder:
        large = replace(setting, data_dir=Path(folder))
        with SnapshotStore(setting.data_dir, setting.tenant).open(None) as real:
            queries = first_stage_queries(setting, real)
            publish_made_up(real, queries, count=ITEMS, data_dir=large.data_dir, tenant=large.tenant)
        messages = [message(query, large.tenant) for query in scenarios(large.items())[0].timed]
        store = SnapshotStore(large.data_dir, large.tenant)
        with store.open(None) as snapshot:
            ids = [snapshot.id, publish_again(snapshot, inputs="other", data_dir=large.data_dir, tenant=large.tenant)]
            index = sum(snapshot.path(name).stat().st_size for name in OF_INDEX)
        described = f"large: {ITEMS:,} items, {RUNS} runs"
        lives = [_live(large, messages, ids) for _ in progress.track(range(RUNS), description=described)]
    return _rows(lives, index)


def _live(large: Setting, messages: Sequence[bytes], ids: Sequence[str]) -> Life:
    files = _files(large)
    forget(files)
    bare_s = read_s(files)
    forget(files)
    begun = time.perf_counter()
    with _server(large, messages) as server:
        start_s = time.perf_counter() - begun - server.load_s
        one, alone = resident_bytes(server.process.pid), family_bytes(server.process.pid)
        swapping = _over_a_swap(server.process, large, ids)
    with _server(large, messages, "workers=2") as server:
        two = family_bytes(server.process.pid)
    return Life(one, alone, swapping, two, start_s, bare_s)


def _files(large: Setting) -> list[Path]:
    with SnapshotStore(large.data_dir, large.tenant).open(None) as snapshot:
        return [snapshot.path(name) for name in snapshot.manifest.files]


@dataclass(frozen=True)
class _Loaded:
    process: ServerProcess
    load_s: float


@contextmanager
def _server(large: Setting, messages: Sequence[bytes], *settings: str) -> Generator[_Loaded]:
    """A server that has answered every message some times, so that what it needs lies in memory."""
    command = firstlight_server(large.data_dir, *settings)
    with server_process(command, log=LOGS / "large.log", start_s=START_S) as process:
        begun = time.perf_counter()
        for one in messages:
            closed_loop(process.address, METHOD, one, calls=CALLS, in_flight=IN_FLIGHT, connections=CONNECTIONS)
        yield _Loaded(process, time.perf_counter() - begun)


def _over_a_swap(server: ServerProcess, large: Setting, ids: Sequence[str]) -> int:
    """The most that lay in memory while the other snapshot was loaded and took over."""
    most = family_bytes(server.pid)
    with Client(server.address, tenant=large.tenant, timeout_s=START_S) as client:
        other = next(one for one in ids if one != client.snapshot().id)
        swap = threading.Thread(target=client.activate_snapshot, args=(other,))
        swap.start()
        while swap.is_alive():
            most = max(most, family_bytes(server.pid))
            time.sleep(_POLL_S)
    return most


def _rows(lives: Sequence[Life], index: int) -> list[Row]:
    name = f"memory, {ITEMS:,} items"
    bases = [index / 1e6] * len(lives)
    return [
        summarise(f"{name}: resident ÷ index", [life.one / 1e6 for life in lives], unit="MB", baselines=bases),
        summarise(
            f"{name}: during a swap ÷ index", [life.swapping / 1e6 for life in lives], unit="MB", baselines=bases
        ),
        summarise(
            f"{name}: two workers ÷ one",
            [life.two / 1e6 for life in lives],
            unit="MB",
            baselines=[life.alone / 1e6 for life in lives],
        ),
        summarise(
            f"start, {ITEMS:,} items: SERVING ÷ bare reading of the files",
            [life.start_s for life in lives],
            unit="s",
            baselines=[life.read_s for life in lives],
        ),
    ]
