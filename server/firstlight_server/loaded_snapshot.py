"""A snapshot in memory, ready to answer: its parts checked against each other, then warmed.

Blocking work, seconds at worst; run it beside the live snapshot, on a thread of its own. Knows nothing of tenants.
"""

from dataclasses import dataclass, field

import numpy as np

from firstlight_encoder import EncoderError, Space
from firstlight_encoder.exploration import Projection
from firstlight_encoder.profile.profile_model_file import PROFILE, read_profile_model
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.second_stage.second_stage_file import read_second_stage
from firstlight_server.adaptation import Adaptation
from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.evidence_reader import EvidenceReader
from firstlight_server.exploration.new_items import new_items
from firstlight_server.exploration.pages import Pages
from firstlight_server.golden import warm
from firstlight_server.metrics.text_metrics import TextMetrics
from firstlight_server.profile.drift_watch import DriftWatch
from firstlight_server.profile.profiler import Profiler
from firstlight_server.ranking import Ranker
from firstlight_server.recall_check import check_recall
from firstlight_server.recommender import Recommender
from firstlight_server.reranking import Reranker
from firstlight_server.shared_encoders import SharedEncoders
from firstlight_server.snapshot_parts import SnapshotParts
from firstlight_server.text_vectors import TextVectors
from firstlight_server.turns import Turns
from firstlight_store import AllowedRows, ItemTable, Manifest, Snapshot, SnapshotRefused, VectorIndex

_SPACE = "space"
_TEXT = "text"
_SECOND_STAGE = "second_stage"
_SHARE_BESIDE = 0.1
"""Of a thread's time, while another snapshot answers."""


@dataclass(frozen=True, eq=False)
class LoadedSnapshot:
    """Everything that answers one tenant's requests, all of one version.

    Attributes:
        snapshot: the open snapshot; held on disk until `close`.
        parts: what it was read as.
        reader: settles what a question knows of its user.
        recommender: ranks.
        profiler: tells what users are interested in.
        recall: the index's recall@10 against exact search, estimated when it was loaded.
    """

    snapshot: Snapshot
    parts: SnapshotParts
    reader: EvidenceReader
    recommender: Recommender
    profiler: Profiler
    recall: float

    @classmethod
    def of(cls, snapshot: Snapshot, parts: SnapshotParts, *, recall: float) -> "LoadedSnapshot":
        """What answers from ``parts``."""
        ranker = Ranker(rows=parts.rows, index=parts.index)
        return cls(
            snapshot=snapshot,
            parts=parts,
            reader=EvidenceReader(parts.items, parts.labels, encodes_text=parts.texts is not None),
            recommender=Recommender(
                space=parts.space,
                ranker=ranker,
                reranker=None if parts.stage is None else Reranker(parts.stage, ranker),
                labels=parts.label_vectors,
                items=parts.items,
                adaptation=_adaptation(parts),
            ),
            profiler=Profiler(parts.items, parts.rows, parts.profiles),
            recall=recall,
        )

    def over(self, parts: SnapshotParts) -> "LoadedSnapshot":
        """The same snapshot answering from other parts."""
        return LoadedSnapshot.of(self.snapshot, parts, recall=self.recall)

    @property
    def texts(self) -> TextVectors | None:
        """Encodes free text; None if the snapshot carries no text encoder."""
        return self.parts.texts

    @property
    def id(self) -> str:
        """The snapshot's id, as every reply carries it."""
        return self.snapshot.id

    @property
    def manifest(self) -> Manifest:
        """What the snapshot says of itself."""
        return self.snapshot.manifest

    def close(self) -> None:
        """Lets the store collect the directory; calls still running keep their mapped data."""
        self.snapshot.close()


@dataclass(frozen=True)
class Loading:
    """How snapshots are loaded.

    Attributes:
        min_recall: the least recall@10 that is accepted.
        text_cache_entries: texts remembered a snapshot.
        encoders: where text encoders come from.
        text_metrics: what counts the texts that are encoded, if anything.
        explores: whether pages may be explored, because the tenant has an experiment.
        heed_drift: whether answers heed shifts of interest.
    """

    min_recall: float
    text_cache_entries: int = 0
    encoders: SharedEncoders = field(default_factory=SharedEncoders)
    text_metrics: TextMetrics | None = None
    explores: bool = False
    heed_drift: bool = True


def load(snapshot: Snapshot, loading: Loading, *, beside: bool = False, recall: float | None = None) -> LoadedSnapshot:
    """Loads and warms a verified snapshot, at leisure if it is ``beside`` another that answers.

    Its ``recall`` is measured unless another process did it.

    Raises:
        SnapshotRefusedError: its parts cannot be read or do not fit together, its index finds less than
            ``min_recall`` of the exact answers, or a golden query is answered wrongly.
    """
    try:
        with Turns(share=_SHARE_BESIDE if beside else 1.0) as turns:
            items = snapshot.items()
            loaded = _load(snapshot, items, loading, recall, turns)
            warm(loaded.reader, loaded.recommender, loaded.texts, items=items, turns=turns)
            snapshot.page_out_vectors()
    except SnapshotRefusedError:
        raise
    except Exception as error:
        raise SnapshotRefusedError(f"snapshot {snapshot.id}: {error}", reason=_reason(error)) from error
    return loaded


def _reason(error: Exception) -> str:
    if isinstance(error, SnapshotRefused):
        return error.reason
    return "space" if isinstance(error, EncoderError) else "unreadable"


def _load(snapshot: Snapshot, items: ItemTable, loading: Loading, recall: float | None, turns: Turns) -> LoadedSnapshot:
    space = Space.load(snapshot.path(_SPACE))
    snapshot.require_fingerprints(encoder=space.text_fingerprint, space=space.fingerprint)
    texts, plain_texts = _texts(snapshot, space, loading)
    turns.rest()
    labels = snapshot.label_vectors()
    index = snapshot.index()
    rows = np.asarray(snapshot.items_vectors())  # a plain view: a memory map costs more at every indexing
    turns.rest()
    _search_filtered(index)
    turns.rest()
    if recall is None:
        recall = check_recall(index, rows, space, min_recall=loading.min_recall)
    stage = read_second_stage(snapshot.path(_SECOND_STAGE), rows=rows) if snapshot.has(_SECOND_STAGE) else None
    turns.rest()
    profiles = read_profile_model(snapshot.path(PROFILE), dimension=space.dimension) if snapshot.has(PROFILE) else None
    parts = SnapshotParts(
        space=space,
        items=items,
        labels=snapshot.labels(),
        label_vectors=labels,
        rows=rows,
        index=index,
        stage=None if stage is None or stage.method is Method.SPACE else stage,
        texts=texts,
        plain_texts=plain_texts,
        profiles=profiles,
        heeds_drift=loading.heed_drift,
        projection=Projection.fit(rows[:, :-1]) if loading.explores else None,
    )
    return LoadedSnapshot.of(snapshot, parts, recall=recall)


def _adaptation(parts: SnapshotParts) -> Adaptation:
    pages = None
    if parts.projection is not None:
        is_new = new_items(parts.items.log_priors, parts.items.category_codes)
        pages = Pages(items=parts.items, rows=parts.rows, is_new=is_new, projection=parts.projection)
    change = parts.profiles.change if parts.profiles and parts.heeds_drift else None
    return Adaptation(pages, DriftWatch(change) if change else None)


def _texts(snapshot: Snapshot, space: Space, loading: Loading) -> tuple[TextVectors | None, TextVectors | None]:
    """What encodes texts into the space, and into the text encoder's own."""
    if not snapshot.has(_TEXT):
        return None, None
    encoder = loading.encoders.load(snapshot, _TEXT)
    snapshot.require_fingerprints(encoder=encoder.fingerprint)
    capacity, metrics = loading.text_cache_entries, loading.text_metrics
    into = TextVectors(encoder, space, capacity=capacity, metrics=metrics)
    return into, TextVectors(encoder, None, capacity=capacity, metrics=metrics)


def _search_filtered(index: VectorIndex) -> None:
    """Searches every other row: what an index must know of all rows for filters it finds out at the first of them."""
    allowed = AllowedRows(np.arange(index.count) % 2 == 0)
    index.search(np.ones((1, index.dimension), np.float32), k=1, allowed=allowed)
