"""Writes the folder that the peers read: a snapshot's first stage in plain files. Knows nothing of the peers."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.serving_peers import published as names
from benchmarks.serving_peers.newcomers import Vectors, event_query
from benchmarks.serving_peers.question import PAGE_SIZE
from firstlight_encoder import Space
from firstlight_store import ExactIndex, Snapshot


def write_exchange(snapshot: Snapshot, directory: Path, *, histories: Sequence[Sequence[str]]) -> None:
    """Writes ``snapshot`` into ``directory``; what peers built there before stays.

    Args:
        snapshot: open, with an index.
        directory: made if missing.
        histories: item ids of newcomers, whose queries choose the efforts of searches; none of them is asked about.
    """
    directory.mkdir(parents=True, exist_ok=True)
    rows, items = np.asarray(snapshot.items_vectors()), snapshot.items()
    queries = _queries(Space.load(snapshot.path("space")), rows, [[items.row(one) for one in own] for own in histories])
    exact = ExactIndex(rows).search(queries, k=PAGE_SIZE).rows
    for name, array in ((names.ROWS, rows), (names.QUERIES, queries), (names.NEAREST, exact)):
        np.save(directory / name, array)
    shutil.copytree(snapshot.path("space"), directory / names.SPACE, dirs_exist_ok=True)
    shutil.copyfile(snapshot.path("index.faiss"), directory / names.INDEX)
    index = snapshot.manifest.facts.index
    facts = {"nprobe": index["nprobe"], "overfetch": index["overfetch"]}
    (directory / names.FACTS).write_text(json.dumps(facts), encoding="utf-8")
    (directory / names.ITEM_IDS).write_text(json.dumps(list(items.ids)), encoding="utf-8")


def _queries(space: Space, rows: Vectors, histories: Sequence[Sequence[int | None]]) -> Vectors:
    seen = [np.array(history, np.int64) for history in histories]
    return np.stack([event_query(space, rows[own, :-1]) for own in seen])
