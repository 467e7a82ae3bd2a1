"""Scores of training cases, in two parts: what the tower says and what the prior says.

The trainer needs their sum, the calibration needs them apart. Knows nothing of losses or optimisers.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from firstlight_encoder.calibration import bucket
from firstlight_encoder.device import CPU
from firstlight_encoder.label_shares import TRAINING_ODDS, LabelShares
from firstlight_encoder.labels import Labels
from firstlight_encoder.parameters import Floats
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.token_batch import token_ages
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.candidates import Candidates
from firstlight_encoder.training.declarations import Declarations
from firstlight_encoder.training.own_scale import OwnScale
from firstlight_encoder.training.pairs import PairBatch
from firstlight_encoder.training.sampler import CaseBatch
from firstlight_encoder.training.score_parts import ScoreParts
from firstlight_encoder.training.tensors import tensor
from firstlight_encoder.training.torch_space import TorchSpace
from firstlight_encoder.training.torch_tower import TokenTensors

PARTS: Final = {CPU: 4}
"""Calls of the tower a batch, each on cases of like length: on a processor padding costs more than another call."""

FEWEST_EVENTS = 4
"""Cases of fewer events are too short for padding to cost anything."""


@dataclass(frozen=True)
class TextTable:
    """Frozen text vectors and who uses them: several items may share one text.

    Attributes:
        vectors: ``(t, text_d)`` float32 unit rows of distinct texts.
        item_rows: ``(n,)`` int64, the row of every item's text.
        label_vectors: ``(m, text_d)`` float32 unit rows of the labels' prompts.
    """

    vectors: Floats
    item_rows: NDArray[np.int64]
    label_vectors: Floats


class _Drawn(NamedTuple):
    """What a batch compares, by ``b`` cases.

    Attributes:
        positives: ``(b, p)`` int64 rows.
        known: ``(b, k)`` int64 rows that are no negatives.
        times_h: ``(b,)`` float64, when the positives were taken.
        candidates: the negatives.
        declared: ``m`` declarations a case.
    """

    positives: NDArray[np.int64]
    known: NDArray[np.int64]
    times_h: NDArray[np.float64]
    candidates: Candidates
    declared: Declarations


class CaseScorer:
    """A space over the frozen texts and the prior of one domain."""

    def __init__(
        self,
        space: TorchSpace,
        texts: TextTable,
        prior: PriorTimeline,
        *,
        labels: Labels,
        scale: OwnScale | None = None,
    ) -> None:
        """Scores by ``space``, with a ``scale`` of the domain's own if given; cases declare ``labels``."""
        self.space, self._scale, self._prior = space, scale, prior
        self._device = space.device
        self._texts, self._labels = self._tensor(texts.vectors), self._tensor(texts.label_vectors)
        self._item_rows, self._shares = texts.item_rows, LabelShares(labels, prior.tables)

    def __call__(self, batch: CaseBatch, candidates: Candidates) -> ScoreParts:
        """The parts of the scores of ``batch``'s positives and of ``candidates``."""
        with self.space.products():
            return self._scored(batch, candidates)

    def _scored(self, batch: CaseBatch, candidates: Candidates) -> ScoreParts:
        batch, parts = self._by_length(batch)
        positives, rest, *histories = self._vectors(batch.positives, candidates.rows, *(part.history for part in parts))
        query = torch.cat([self._queries(part, history) for part, history in zip(parts, histories, strict=True)])
        known = np.concatenate([batch.history, batch.positives], axis=1)
        drawn = _Drawn(batch.positives, known, batch.times_h, candidates, batch.declared)
        interests = query[..., :-1]
        candidates_tower = (interests.flatten(0, 1) @ rest.T).view(*interests.shape[:2], len(rest))
        tower = highest(positives @ interests.transpose(1, 2), dim=2), highest(candidates_tower, dim=1)
        return self._parts(tower, query[:, 0, -1:], drawn)

    def _by_length(self, batch: CaseBatch) -> tuple[CaseBatch, list[CaseBatch]]:
        """``batch`` in the order of its cases' lengths, whole and in parts that are as wide as their longest case."""
        count = min(PARTS.get(self._device.type, 1), len(batch.times_h))
        if batch.history.shape[1] < FEWEST_EVENTS or count == 1:
            return batch, [batch]
        ordered = batch.of(np.argsort(batch.lengths, kind="stable"))
        places = np.array_split(np.arange(len(ordered.times_h)), count)
        return ordered, [ordered.of(cases).trimmed() for cases in places]

    def _queries(self, batch: CaseBatch, history: Tensor) -> Tensor:
        """``(b, K, d + 1)``: the tower's queries, on the domain's own scale."""
        tokens = self._tokens(batch, history)
        query: Tensor = self.space.tower(tokens)
        return query if self._scale is None else self._scale(query, tokens.buckets)

    def pairs(self, batch: PairBatch, candidates: Candidates) -> ScoreParts:
        """The parts of the scores of ``batch``'s partners, and of ``candidates``, beside its items."""
        with self.space.products():
            return self._paired(batch, candidates)

    def _paired(self, batch: PairBatch, candidates: Candidates) -> ScoreParts:
        items, partners, rest = self._vectors(batch.items, batch.partners, candidates.rows)
        user = torch.exp(self.space.pair_log_scale) * items
        known = np.concatenate([batch.items[:, None], batch.partners], axis=1)
        tower = (partners @ user[:, :, None])[:, :, 0], user @ rest.T
        drawn = _Drawn(batch.partners, known, batch.times_h, candidates, Declarations.none(len(batch.items)))
        prior_weight = self.space.pair_prior_weight.expand(len(batch.items), 1)
        return self._parts(tower, prior_weight, drawn)

    def _parts(self, tower: tuple[Tensor, Tensor], prior_weight: Tensor, drawn: _Drawn) -> ScoreParts:
        """The ``tower``'s parts of the positives and the candidates of ``drawn``, with the prior's beside them."""
        candidates = drawn.candidates
        return ScoreParts(
            positive_tower=tower[0].float(),
            positive_prior=self._log_prior(drawn, np.maximum(drawn.positives, 0)),
            candidate_tower=tower[1].float(),
            candidate_prior=self._log_prior(drawn, candidates.rows[None, :]),
            prior_weight=prior_weight,
            log_expected=self._tensor(candidates.log_expected),
            masked=self._tensor(membership(candidates.rows, drawn.known)),
            valid=self._tensor(drawn.positives >= 0),
        )

    def _vectors(self, *groups: NDArray[np.int64]) -> tuple[Tensor, ...]:
        """Item vectors ``(*shape, d)`` of groups of catalogue rows; every distinct text is projected once."""
        needed = np.concatenate([rows.ravel() for rows in groups])
        unique, where = np.unique(self._item_rows[np.maximum(needed, 0)], return_inverse=True)
        vectors = self.space.adaptor(functional.embedding(self._tensor(unique), self._texts))
        # F.embedding, not indexing: the backward pass of indexing is many times slower on a CPU.
        found = torch.split(functional.embedding(self._tensor(where), vectors), [rows.size for rows in groups])
        return tuple(part.view(*rows.shape, vectors.shape[1]) for part, rows in zip(found, groups, strict=True))

    def _log_prior(self, drawn: _Drawn, rows: NDArray[np.int64]) -> Tensor:
        """Log p of ``rows`` (broadcast over the batch) when each target happened, given what its case declares."""
        moments = self._prior.at(drawn.times_h)
        # Of rows that all cases share, whole lines are taken: many times faster than one number at a time.
        shared = len(rows) == 1
        log_prior = self._prior.tables[:, rows[0]][moments] if shared else self._prior.tables[moments[:, None], rows]
        if drawn.declared.labels.shape[1]:
            log_prior = log_prior + self._shares.lift(rows, *drawn.declared, moments=moments, odds=TRAINING_ODDS)
        return self._tensor(log_prior)

    def _tokens(self, batch: CaseBatch, events: Tensor) -> TokenTensors:
        """What the tower reads: the vectors ``events`` ``(b, k, d)`` of the history, then the declarations."""
        names = batch.declared.labels
        labels = functional.embedding(self._tensor(np.maximum(names, 0)), self._labels)
        declared = self.space.adaptor(labels.flatten(0, 1)).unflatten(0, names.shape)
        blank = np.zeros(names.shape, np.float32)
        present = np.concatenate([batch.history >= 0, names >= 0], axis=1)
        types = np.concatenate([batch.types, np.full(names.shape, int(TokenType.DECLARED))], axis=1)
        weights = np.concatenate([batch.weights, batch.declared.weights], axis=1) * present
        return TokenTensors(
            vectors=torch.cat([events, declared], dim=1),
            types=self._tensor(types),
            gaps_h=self._tensor(np.concatenate([batch.gaps_h, blank], axis=1)),
            weights=self._tensor(weights.astype(np.float32)),
            ages=self._tensor(token_ages(types)),
            present=self._tensor(present),
            buckets=self._tensor(bucket((batch.history >= 0).sum(1), (batch.declared.weights > 0).sum(1))),
        )

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        """``array`` where the space computes."""
        return tensor(array).to(self._device)


def highest(scores: Tensor, *, dim: int) -> Tensor:
    """The highest of ``scores`` over the interests, which are ``dim``; of one interest without looking for it."""
    return scores.squeeze(dim) if scores.shape[dim] == 1 else scores.amax(dim)


def membership(rows: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """``(b, c)`` bool: whether ``rows`` ``(c,)``, distinct, ascending, are among each case's ``known`` ``(b, k)``."""
    mask = np.zeros((len(known), len(rows)), np.bool_)
    place = np.minimum(np.searchsorted(rows, known), len(rows) - 1)
    case, column = np.nonzero(rows[place] == known)
    mask[case, place[case, column]] = True
    return mask
