"""Segments on disk: segments.parquet, segments.json, centroids.npy and segments.html in one folder.

The next run reads them back, so that ids and names last. Knows nothing of how users are segmented.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from firstlight_indexer.errors import SegmentsError
from firstlight_indexer.replace_folder import replaced_folder
from firstlight_indexer.segments.page import page
from firstlight_indexer.segments.segmentation import NOTHING_BEFORE, Before, Segmentation
from firstlight_indexer.segments.user_vectors import UserVectors

MEMBERS, FACTS, CENTROIDS, PAGE = "segments.parquet", "segments.json", "centroids.npy", "segments.html"
_FORMAT_VERSION = 1


@dataclass(frozen=True)
class Origin:
    """What segments were made from.

    Attributes:
        domain: the domain's name.
        snapshot_id: whose space and items.
        space: the space's fingerprint.
        seed: of the clusters.
        notice: what must be shown wherever the domain's numbers are, or None.
    """

    domain: str
    snapshot_id: str
    space: str
    seed: int
    notice: str | None = None


def write_segments(folder: Path, found: Segmentation, origin: Origin, known: UserVectors) -> None:
    """Writes all four files, replacing those that are there; after an error they are as they were."""
    facts = {
        "format_version": _FORMAT_VERSION,
        **asdict(origin),
        "users": len(found.user_ids),
        "next_id": found.next_id,
        "members": MEMBERS,
        "centroids": CENTROIDS,
        "segments": [asdict(segment) for segment in found.segments],
    }
    members = {"user_id": found.user_ids, "segment_id": found.members, "cosine": found.cosines}
    schema = {"user_id": pl.String(), "segment_id": pl.Int64(), "cosine": pl.Float32()}
    with replaced_folder(folder) as written:
        pl.DataFrame(members, schema=schema).write_parquet(written / MEMBERS)
        np.save(written / CENTROIDS, found.centroids, allow_pickle=False)
        (written / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (written / PAGE).write_text(page(found, known, title=origin.domain, notice=origin.notice), encoding="utf-8")


def read_before(folder: Path, *, space: str) -> Before:
    """The run before, as it was written to ``folder``; nothing where there was none.

    Raises:
        SegmentsError: what is there cannot be read.
    """
    if not (folder / FACTS).exists():
        return NOTHING_BEFORE
    try:
        facts: Any = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        members = pl.read_parquet(folder / MEMBERS)
        centroids = np.load(folder / CENTROIDS, allow_pickle=False) if facts["space"] == space else None
        return Before(
            members=dict(members.select("user_id", "segment_id").iter_rows()),
            names={int(segment["id"]): str(segment["name"]) for segment in facts["segments"]},
            next_id=int(facts["next_id"]),
            centroids=centroids,
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise SegmentsError(
            f"{folder} holds segments that cannot be read ({error!r}); delete it, and they get new ids"
        ) from error
