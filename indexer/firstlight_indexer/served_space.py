"""A trained space as it would be served: an index over its rows, and texts encoded by the encoder that servers run.

The gate of a compressed build and the report on compression both ask this. Knows nothing of prices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.labels import Labels
from firstlight_encoder.parameters import Floats
from firstlight_encoder.ranking_quality import CUT, ndcg
from firstlight_encoder.text_encoder import TextEncoder
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_store import ExactIndex, VectorIndex

_AT_ONCE = 256


@dataclass(frozen=True)
class Ranking:
    """The items found for one case, best first.

    Attributes:
        rows: ``(c,)`` int64 catalogue rows.
        scores: ``(c,)`` float32, exact.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class ServedSpace:
    """What answers newcomers.

    Attributes:
        trained: the space and the items' rows.
        shares: what is declared, which items carry it, and how rare they are.
        index: over the items' rows.
        item_vectors: ``(n, d)`` float32 unit rows, by which events stand in a user's history.
        label_vectors: ``(m, d)`` float32 unit rows, by which declarations do.
    """

    trained: TrainedSpace
    shares: LabelShares
    index: VectorIndex
    item_vectors: NDArray[np.float32]
    label_vectors: NDArray[np.float32]

    @classmethod
    def exact(cls, trained: TrainedSpace, labels: Labels) -> "ServedSpace":
        """Exact search, and texts as the catalogue was encoded."""
        return cls(
            trained=trained,
            shares=LabelShares(labels, trained.rows[:, -1][None, :]),
            index=ExactIndex(trained.rows),
            item_vectors=trained.rows[:, :-1],
            label_vectors=trained.label_vectors,
        )

    def rank(self, cases: Sequence[Case]) -> list[Ranking]:
        """For every case the best items, at least CUT that its history does not hold, and all that it names."""
        space = self.trained.space
        tokens = [case_tokens(case, item_vectors=self.item_vectors, label_vectors=self.label_vectors) for case in cases]
        interests = space.interests(tokens)
        known = max((len(case.history) for case in cases), default=0)
        hits = self.index.search(interests.reshape(-1, interests.shape[-1]), k=CUT + known)
        found = hits.rows.reshape(len(cases), -1)
        return [
            self._ranking(case, own, queries, odds=space.odds(sequence))
            for case, own, queries, sequence in zip(cases, found, interests, tokens, strict=True)
        ]

    def _ranking(self, case: Case, found: NDArray[np.int64], queries: Floats, *, odds: float) -> Ranking:
        """The rows ``found`` and those that the case names, by their exact scores for its ``queries``."""
        named = self.shares.lifted(case.said) if case.said else None
        rows = np.unique(found[found >= 0] if named is None else np.concatenate([found[found >= 0], named.rows]))
        scores = (self.trained.rows[rows] @ queries.T).max(1)
        if named is not None:
            # The weight of the prior is that of the user, whichever of their interests speaks.
            scores[np.searchsorted(rows, named.rows)] += queries[0, -1] * named.lift(odds)
        order = np.argsort(-scores, kind="stable")
        return Ranking(rows[order], scores[order])

    def quality(self, cases: Sequence[Case]) -> NDArray[np.float64]:
        """NDCG@10 of every case, ``(c,)`` float64."""
        parts = (cases[start : start + _AT_ONCE] for start in range(0, len(cases), _AT_ONCE))
        return np.array(
            [
                ndcg(ranking.rows, history=case.history, targets=case.targets)
                for part in parts
                for case, ranking in zip(part, self.rank(part), strict=True)
            ]
        )


def text_tokens(
    trained: TrainedSpace, catalogue: Catalogue, cases: Sequence[Case], *, encoder: TextEncoder
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Items and labels as ``encoder`` would read them in a request, for those that ``cases`` know: the worst case.

    A server looks known items and names up and encodes only what it has never seen.

    Args:
        trained: the space, and the rows of items that no case knows.
        catalogue: the items.
        cases: of newcomers.
        encoder: as servers run it.

    Returns:
        ``ServedSpace.item_vectors`` and ``ServedSpace.label_vectors``.
    """
    items, labels = trained.rows[:, :-1].copy(), trained.label_vectors.copy()
    known: list[int] = sorted({row for case in cases for row in case.history.tolist()})
    declared: list[int] = sorted({label for case in cases for label in case.declared})
    items[known] = trained.space.project(encoder.encode([catalogue.texts[row] for row in known]))
    labels[declared] = trained.space.project(encoder.encode([catalogue.labels.prompts[label] for label in declared]))
    return items, labels
