"""Builds with smaller vector indexes over the full encoder's rows. Knows nothing of what they cost."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from firstlight_encoder.labels import Labels
from firstlight_evaluation.compression.compressed_build import CompressedBuild, Part
from firstlight_indexer.served_space import ServedSpace
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_store import FEWEST_PRODUCT_ROWS, IndexKind, IndexSettings, build_index

KINDS: tuple[IndexKind, ...] = ("flat", "flat_fp16", "flat_sq8", "ivf_fp16", "ivf_sq8", "ivf_pq")
"""The first is the full build."""


def index_builds(trained: TrainedSpace, labels: Labels, settings: IndexSettings) -> Iterator[CompressedBuild]:
    """A build of every kind that has rows enough, else as ``settings`` say; none is refused for its recall."""
    enough = len(trained.rows) >= FEWEST_PRODUCT_ROWS
    for kind in (kind for kind in KINDS if enough or kind != "ivf_pq"):
        yield _build(trained, labels, replace(settings, kind=kind, recall_floor=0.0))


def _build(trained: TrainedSpace, labels: Labels, settings: IndexSettings) -> CompressedBuild:
    built = build_index(trained.rows, trained.queries, settings=settings)
    with TemporaryDirectory() as folder:
        built.index.write(Path(folder) / "index")
        size = (Path(folder) / "index").stat().st_size
    queries = trained.queries
    return CompressedBuild(
        name=f"{settings.kind} ({built.report.kind})",
        part=Part.INDEX,
        served=replace(ServedSpace.exact(trained, labels), index=built.index),
        size_bytes=size,
        call=lambda number: built.index.search(queries[number % len(queries)][None], k=10),
        closeness=built.report.recall_at_10,
    )
