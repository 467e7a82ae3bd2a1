"""From a domain and its current snapshot to segments on disk. Knows nothing of consoles."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from firstlight_encoder.labels import Labels, brand_labels, phrase_labels
from firstlight_encoder.space import Space
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.errors import SegmentsError
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.progress import Progress, one_step, silent
from firstlight_indexer.segments.segment_files import Origin, read_before, write_segments
from firstlight_indexer.segments.segmentation import Segmentation, segment_users
from firstlight_indexer.segments.user_vectors import user_vectors
from firstlight_store import ItemTable, SnapshotStore
from firstlight_store.catalogue_changes import CatalogueChanges


@dataclass(frozen=True)
class SegmentsSettings:
    """How many segments there are to be at most, and the seed they begin with."""

    count: int = 8
    seed: int = 0


def build_segments(  # noqa: PLR0913 - each is a keyword
    domain: DomainFile,
    *,
    workdir: Path,
    store: SnapshotStore,
    out: Path,
    settings: SegmentsSettings,
    changes: CatalogueChanges | None = None,
    progress: Progress = silent,
) -> Segmentation:
    """Segments the users of ``domain`` in the space of its current snapshot, and writes them into ``out``.

    Raises:
        IndexerError: the domain or what lies in ``out`` is wrong, or there are fewer users than segments.
        StoreError: there is no snapshot to be read.
    """
    online = [] if changes is None else changes.since(store.tenant)
    cleaned = clean(domain, workdir / "clean", changes=online, progress=progress)
    catalogue = Catalogue.read(cleaned)
    log = read_interactions(cleaned, catalogue)
    with store.open() as snapshot:
        space = Space.load(snapshot.path("space"))
        vectors = _vectors(catalogue, snapshot.items(), np.asarray(snapshot.items_vectors()))
        origin = Origin(cleaned.name, snapshot.id, space.fingerprint, settings.seed, cleaned.notice)
    with one_step(progress, "read users' tastes"):
        known = user_vectors(log, vectors, space)
    if len(known.users) < settings.count:
        raise SegmentsError(
            f"{len(known.users):,} users have events on items of the snapshot, {settings.count:,} segments were asked "
            "for; ask for fewer (--count)"
        )
    with one_step(progress, "segment users"):
        before = read_before(out, space=space.fingerprint)
        found = segment_users(log, known, _labels(catalogue), count=settings.count, seed=settings.seed, before=before)
    write_segments(out, found, origin, known)
    return found


def _vectors(catalogue: Catalogue, items: ItemTable, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(n, d)`` float32, the snapshot's unit rows of the catalogue's items; zeros for those it does not hold."""
    found = [items.row(item_id) for item_id in catalogue.frame["item_id"]]
    held = np.array([row is not None for row in found], np.bool_)
    vectors = np.zeros((len(found), rows.shape[1] - 1), np.float32)
    vectors[held] = rows[np.array([row for row in found if row is not None], np.int64), :-1]
    return vectors


def _labels(catalogue: Catalogue) -> Labels:
    """What segments are named after: categories and brands; phrases of titles where there are neither."""
    brands = brand_labels(catalogue.frame["brand"].to_list())
    if any(catalogue.categories):
        return catalogue.labels.beside(brands)
    return brands if brands.names else phrase_labels(catalogue.frame["title"].to_list())


def segments_table(found: Segmentation) -> Table:
    """The segments, for people."""
    table = Table("id", "name", "users", "share", "shared", "typical", title="segments", title_justify="left")
    for segment in found.segments:
        names = [top.name for tops in segment.top.values() for top in tops[:2]]
        share = f"{segment.size / max(1, len(found.user_ids)):.1%}"
        shared = "new" if segment.shared is None else f"{segment.shared:.0%}"
        table.add_row(str(segment.id), segment.name, f"{segment.size:,}", share, shared, ", ".join(names))
    return table
