"""A trained space beside the items it ranks. Knows nothing of how it was trained."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.prior import Counting
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.transfer_report import TransferReport
from firstlight_indexer.weight_choice import WeightChoice


@dataclass(frozen=True)
class TrainedSpace:
    """A space and its items.

    Attributes:
        space: adaptor, tower and calibration.
        rows: ``(n, d + 1)`` float32, ``[v_i ; log p(i)]`` of the catalogue.
        label_vectors: ``(m, d)`` float32 unit rows of the training labels.
        counting: of the prior.
        queries: ``(q, d + 1)`` float32 queries of held-out newcomers, to measure an index by.
        choice: how much of other domains went into it, and what else was tried; None where it trained alone.
        transfer: what each of those brought; None likewise.
    """

    space: Space
    rows: NDArray[np.float32]
    label_vectors: NDArray[np.float32]
    counting: Counting
    queries: NDArray[np.float32]
    choice: WeightChoice | None = None
    transfer: TransferReport | None = None

    @classmethod
    def of(cls, space: Space, domain: PreparedDomain) -> "TrainedSpace":
        """``space`` with the items, labels, prior and held-out newcomers of ``domain``."""
        vectors = space.project(domain.texts.vectors)[domain.texts.item_rows]
        labels = space.project(domain.texts.label_vectors)
        tokens = [case_tokens(case, item_vectors=vectors, label_vectors=labels) for case in domain.held_out_cases]
        known = tokens or [TokenSequence.empty(space.dimension)]
        queries = space.interests(known).reshape(-1, space.dimension + 1)
        rows = np.concatenate([vectors, domain.served_prior.tables[-1][:, None]], axis=1)
        return cls(space, rows=rows, label_vectors=labels, counting=domain.counting, queries=queries)
