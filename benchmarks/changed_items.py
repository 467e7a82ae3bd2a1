"""What items changed online cost: an answer with so many of them laid over a snapshot, and one more change.

Interleaved, the median of several rounds, as ratios to the snapshot alone. Changed items are made of the snapshot's
own, half of them new and half with other words, so that nothing waits for texts.

    python -m benchmarks.changed_items --data-dir var/snapshots
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from firstlight_encoder.tokens import TokenType
from firstlight_server.catalogue.overlay import Overlay
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_server.query import Event, RecommendQuery
from firstlight_server.question import Newcomer
from firstlight_store import SnapshotStore
from firstlight_store.catalogue_changes import CatalogueChange, ChangedItem

COUNTS, QUERIES, ROUNDS, SEED = (1, 100, 1_000, 5_000), 40, 9, 0


def changes_of(loaded: LoadedSnapshot, count: int) -> list[CatalogueChange]:
    """So many changes."""
    rng = np.random.default_rng(SEED)
    items, rows = loaded.parts.items, loaded.parts.rows
    found: list[CatalogueChange] = []
    for number, row in enumerate(rng.choice(items.count, min(count, items.count), replace=False).tolist()):
        moved = np.asarray(rows[row, :-1] + rng.normal(0, 0.02, rows.shape[1] - 1), np.float32)
        vector = moved / np.linalg.norm(moved)
        item_id = items.ids[row] if number % 2 else f"new-{number}"
        item = ChangedItem(item_id=item_id, title=items.title(row), category=items.category(row), price=1.0)
        space = loaded.parts.space.fingerprint
        found.append(CatalogueChange(item_id, item, vector.tobytes(), space, sequence=number + 1))
    return found


def queries(loaded: LoadedSnapshot) -> list[RecommendQuery]:
    """Newcomers of five events."""
    rng = np.random.default_rng(SEED + 1)
    ids = loaded.parts.items.ids
    events = [[Event(ids[int(row)], TokenType.VIEW) for row in rng.integers(0, len(ids), 5)] for _ in range(QUERIES)]
    return [RecommendQuery(events=tuple(one)) for one in events]


def answer_s(loaded: LoadedSnapshot, asked: Sequence[RecommendQuery]) -> float:
    """Seconds an answer, one at a time."""
    started = time.perf_counter()
    for query in asked:
        evidence = loaded.reader.read(query, now_s=time.time())
        loaded.recommender.recommend([Newcomer(query, evidence)], texts={})
    return (time.perf_counter() - started) / len(asked)


def main() -> None:
    """Print a line for each number of changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--tenant", default="default")
    given = parser.parse_args()
    loaded = load(SnapshotStore(given.data_dir, given.tenant).open(), Loading(min_recall=0.0), recall=1.0)
    asked, views, renewals_s = queries(loaded), {0: loaded}, dict[int, float]()
    for count in COUNTS:
        overlay, changes = Overlay(loaded.parts), changes_of(loaded, count)
        overlay.renew(loaded, changes)
        started = time.perf_counter()
        overlay.renew(loaded, changes)
        renewals_s[count] = time.perf_counter() - started
        assert overlay.now is not None
        views[count] = overlay.now
    rounds = [{count: answer_s(view, asked) for count, view in views.items()} for _ in range(ROUNDS)]
    alone_ms = 1e3 * median(one[0] for one in rounds)
    print(f"{loaded.parts.items.count:,} items, {loaded.id}: {alone_ms:.2f} ms an answer alone")  # noqa: T201
    for count in COUNTS:
        ratio = median(one[count] / one[0] for one in rounds)
        print(f"{count:>6,} changes: {ratio:.2f} x an answer alone; a change takes {1e3 * renewals_s[count]:.0f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
