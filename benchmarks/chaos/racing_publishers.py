"""R6: publishers in several processes race for CURRENT, while others collect, read, hold and roll back."""

import random
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.tally import Tally
from firstlight_store import CurrentMoved, SnapshotStore, StoreError
from tests.store.tiny_snapshot import publish, quick_store, write

PUBLISHERS = 2
ROLLBACK_S = 1.0


class RacingPublishers:
    """Exactly one wins each turn; nothing current, held, the canary or a way back is deleted; rollback takes ≤ 1 s."""

    id = "R6"
    title = "two publishers at once, under collection, readers, a canary and rollbacks, in processes of their own"
    rounds = 500

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many turns as ``rounds``."""
        tally, rng, slowest_s, deleted = Tally(), random.Random(seed), 0.0, 0
        with TemporaryDirectory() as place, ProcessPoolExecutor(PUBLISHERS + 1, get_context("spawn")) as pool:
            root = Path(place)
            publish(quick_store(root), 0)
            for turn in range(1, rounds + 1):
                store = quick_store(root)
                before = store.current_id() or ""
                with store.open() as held:
                    versions = [turn * PUBLISHERS + number for number in range(PUBLISHERS)]
                    racers = [pool.submit(race, root, version, before, rng.random()) for version in versions]
                    collector = pool.submit(collect, root, rng.random())
                    winners = [winner for racer in racers if (winner := racer.result())]
                    gone = collector.result()
                    deleted += len(gone)
                    failure = _wrong(store, winners, gone, {before, held.id})
                started = time.perf_counter()
                if turn % 5 == 0 and store.rollback() == winners[0]:
                    failure = failure or f"turn {turn}: rolled back to where it was"
                slowest_s = max(slowest_s, time.perf_counter() - started)
                if slowest_s > ROLLBACK_S:
                    failure = failure or f"turn {turn}: a rollback took {slowest_s:.2f} s"
                tally.count(failure)
        return tally.outcome(f"{deleted} snapshots collected, slowest rollback {1e3 * slowest_s:.1f} ms")


def race(root: Path, version: int, before: str, delay: float) -> str | None:
    """Publish a version over ``before`` and return its id, or None where another one was faster."""
    store = quick_store(root)
    mine = write(store, version)
    time.sleep(delay / 500)
    with store.open(mine) as opened:
        try:
            store.activate(opened, replacing=before)
        except CurrentMoved:
            return None
    return mine


def collect(root: Path, delay: float) -> tuple[str, ...]:
    """Collect as hard as can be."""
    time.sleep(delay / 100)
    return quick_store(root).collect(keep=PUBLISHERS)


def _wrong(store: SnapshotStore, winners: list[str], gone: tuple[str, ...], needed: set[str]) -> str | None:
    current = store.current_id()
    if winners != [current]:
        return f"winners {winners}, CURRENT {current}"
    if lost := needed & set(gone):
        return f"collected {lost}, which was needed"
    try:
        for snapshot_id in needed | {str(current)}:
            store.open(snapshot_id).close()
    except StoreError as error:
        return f"{type(error).__name__}: {error}"
    return None
