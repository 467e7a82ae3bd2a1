"""What a snapshot is read as: the arrays, tables and models behind its answers. Knows nothing of how they answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import Projection
from firstlight_encoder.profile.profile_model import ProfileModel
from firstlight_encoder.second_stage.second_stage import SecondStage
from firstlight_encoder.space import Space
from firstlight_server.text_vectors import TextVectors
from firstlight_store import ItemTable, LabelTable, VectorIndex


@dataclass(frozen=True, kw_only=True, eq=False)
class SnapshotParts:
    """The parts of one version, all of ``n`` item rows.

    Attributes:
        space: makes queries.
        items: what the rows stand for.
        labels: what the label vectors stand for.
        label_vectors: ``(m, d)`` float32, unit rows.
        rows: ``(n, d + 1)`` float32, ``[v_i ; log p(i)]``.
        index: over those rows.
        stage: the second stage; None where the first one ranks alone.
        texts: encodes free text into the space; None if there is no text encoder.
        plain_texts: encodes it into the text encoder's own space; None likewise.
        profiles: what profiles are read with; None in snapshots of older builds.
        heeds_drift: whether answers heed shifts of interest.
        projection: what exploration reads of items: the snapshot's own, so that what is learnt stays when others are
            added; None where nothing is explored.
    """

    space: Space
    items: ItemTable
    labels: LabelTable
    label_vectors: NDArray[np.float32]
    rows: NDArray[np.float32]
    index: VectorIndex
    stage: SecondStage | None
    texts: TextVectors | None
    plain_texts: TextVectors | None
    profiles: ProfileModel | None = None
    heeds_drift: bool = True
    projection: Projection | None = None
