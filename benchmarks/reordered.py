"""A published snapshot again, its shortlists ordered by another method: what a ranker costs, everything else equal.

Knows nothing of what is measured.
"""

import json
from pathlib import Path

from benchmarks.copied import copy_files
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_store import Snapshot, SnapshotStore

_FACTS = Path("second_stage/second_stage.json")


def publish_reordered(snapshot: Snapshot, method: Method, *, data_dir: Path, tenant: str) -> str:
    """Publishes ``snapshot`` under ``data_dir`` with its second stage's ``method`` changed, and returns the new id."""
    store = SnapshotStore(data_dir, tenant)
    with store.write() as writer:
        copy_files(snapshot, writer.path)
        facts = json.loads((writer.path / _FACTS).read_text(encoding="utf-8"))
        (writer.path / _FACTS).write_text(json.dumps(facts | {"method": method.value}), encoding="utf-8")
        if method is not Method.TREES:
            (writer.path / _FACTS.with_name("trees.onnx")).unlink(missing_ok=True)
        with writer.commit(snapshot.manifest.facts) as published:
            store.activate(published.id)
            return published.id
