"""Publishers, readers and the collector at once: one publisher wins each turn, and nobody sees half of anything."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from firstlight_store import CurrentMoved
from tests.store.tiny_snapshot import leftovers, publish, quick_store, write

TURNS, PUBLISHERS = 12, 3


def test_exactly_one_publisher_wins_each_turn(tmp_path: Path) -> None:
    current = publish(quick_store(tmp_path), 0)
    with ThreadPoolExecutor(PUBLISHERS) as pool:
        for turn in range(TURNS):
            before, start = current, threading.Barrier(PUBLISHERS)

            def race(publisher: int, turn: int = turn, before: str = before, start: threading.Barrier = start) -> str:
                store = quick_store(tmp_path)
                mine = write(store, 1 + turn * PUBLISHERS + publisher)
                start.wait(timeout=30)
                try:
                    store.activate(mine, replacing=before)
                except CurrentMoved:
                    return ""
                return mine

            winners = [winner for winner in pool.map(race, range(PUBLISHERS)) if winner]
            current = quick_store(tmp_path).current_id() or ""
            assert winners == [current]
    assert leftovers(tmp_path / "default") == []


def test_readers_never_fail_while_snapshots_are_published_rolled_back_and_collected(tmp_path: Path) -> None:
    publish(quick_store(tmp_path), 0)
    finished = threading.Event()

    def read() -> int:
        store, opened = quick_store(tmp_path), 0
        while not finished.is_set():
            with store.open() as snapshot:
                opened += snapshot.items_vectors().shape == (6, 5)
        return opened

    def collect() -> int:
        store, deleted = quick_store(tmp_path), 0
        while not finished.is_set():
            deleted += len(store.collect(keep=1))
        return deleted

    with ThreadPoolExecutor(3) as pool:
        readers, collector = [pool.submit(read) for _ in range(2)], pool.submit(collect)
        store = quick_store(tmp_path)
        for version in range(1, 25):
            publish(store, version)
            if version % 5 == 0:
                store.rollback()
        finished.set()
        assert all(reader.result(timeout=30) > 0 for reader in readers)
        assert collector.result(timeout=30) > 0


def test_two_publishers_of_the_same_content_share_one_snapshot(tmp_path: Path) -> None:
    def same(_: int) -> str:
        return publish(quick_store(tmp_path), 7)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(same, range(12)))) == 1
    assert len(quick_store(tmp_path).list()) == 1
