"""Stage A: frozen text vectors, trained adaptor and user tower.

L = L_next + alpha * L_declared, in one step by mixing both kinds of cases (``docs/model.md``). Deterministic for a seed
and a number of threads. Knows nothing of files or snapshots.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from firstlight_encoder.calibration import bucket
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.tower import Floats, token_ages
from firstlight_encoder.training.objective import CandidateSampler, softmax_loss
from firstlight_encoder.training.sampler import CaseBatch, CaseSampler
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TokenTensors, TorchTower

PREFIXES = ((0, 2), (0, 1), (1, 0), (2, 0), (3, 0), (5, 0), (10, 0), (20, 0), (3, 2))
"""(events, declarations) of a step, drawn in turn: newcomers of every kind."""


@dataclass(frozen=True)
class TrainSettings:
    """How long and how to train. Rates are AdamW's; ``candidates`` and ``batch`` are rows a step."""

    dimension: int = 127
    steps: int = 900
    batch: int = 512
    positives: int = 4
    candidates: int = 4_096
    rate: float = 2e-3
    weight_decay: float = 0.01
    seed: int = 0


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


class StageA:
    """One training run."""

    def __init__(self, log: Interactions, labels: Labels, texts: TextTable, log_prior: Floats, settings: TrainSettings) -> None:
        torch.manual_seed(settings.seed)
        self._settings = settings
        self._cases = CaseSampler(log, labels, seed=settings.seed)
        counts = np.bincount(log.items, minlength=log.item_count).astype(np.float64)
        self._candidates = CandidateSampler(counts, size=settings.candidates, seed=settings.seed + 1)
        self._texts = torch.from_numpy(texts.vectors)
        self._labels = torch.from_numpy(texts.label_vectors)
        self._item_rows, self._log_prior = texts.item_rows, torch.from_numpy(log_prior)
        self.adaptor = TorchAdaptor(texts.vectors, settings.dimension)
        self.tower = TorchTower(settings.dimension)

    def run(self, progress: Callable[[int, int, float], None] = lambda step, steps, loss: None) -> None:
        """Trains; ``progress`` is told step, steps and loss."""
        parameters = [*self.adaptor.parameters(), *self.tower.parameters()]
        settings = self._settings
        optimizer = torch.optim.AdamW(parameters, lr=settings.rate, weight_decay=settings.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.rate, total_steps=settings.steps, pct_start=0.1)
        for step, (events, declared) in enumerate(self._plan()):
            batch = self._cases.draw(settings.batch, k=events, declared=declared, positives=settings.positives)
            optimizer.zero_grad(set_to_none=True)
            loss = self.loss(batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            progress(step + 1, settings.steps, float(loss.detach()))

    def _plan(self) -> Iterator[tuple[int, int]]:
        """The prefix of every step: each kind equally often, shuffled."""
        random = np.random.default_rng(self._settings.seed + 2)
        for start in range(0, self._settings.steps, len(PREFIXES)):
            for kind in random.permutation(len(PREFIXES))[: self._settings.steps - start]:
                yield PREFIXES[kind]

    def loss(self, batch: CaseBatch) -> Tensor:
        """The loss of one batch."""
        candidates = self._candidates.draw()
        needed = np.concatenate([batch.history.ravel(), batch.positives.ravel(), candidates.rows])
        unique, where = np.unique(self._item_rows[np.maximum(needed, 0)], return_inverse=True)
        vectors = self.adaptor(functional.embedding(torch.from_numpy(unique), self._texts))
        history, positives, rest = np.split(where, np.cumsum([batch.history.size, batch.positives.size]))
        query = self.tower(self._tokens(batch, vectors, history.reshape(batch.history.shape)))
        user, prior_weight = query[:, :-1], query[:, -1:]
        candidate_rows = functional.embedding(torch.from_numpy(rest), vectors)
        candidate_scores = user @ candidate_rows.T + prior_weight * self._log_prior[candidates.rows]
        positive_rows = functional.embedding(torch.from_numpy(positives.reshape(batch.positives.shape)), vectors)
        prior = self._log_prior[np.maximum(batch.positives, 0)]
        positive_scores = (positive_rows @ user[:, :, None])[:, :, 0] + prior_weight * prior
        known = np.concatenate([batch.history, batch.positives], axis=1)
        return softmax_loss(
            positive_scores,
            candidate_scores,
            log_expected=torch.from_numpy(candidates.log_expected),
            masked=torch.from_numpy(_member(candidates.rows, known)),
            valid=torch.from_numpy(batch.positives >= 0),
        )

    def _tokens(self, batch: CaseBatch, vectors: Tensor, history: NDArray[np.int64]) -> TokenTensors:
        declared = self.adaptor(self._labels[np.maximum(batch.declared, 0)].flatten(0, 1)).unflatten(0, batch.declared.shape)
        events = functional.embedding(torch.from_numpy(history), vectors)
        present = np.concatenate([batch.history >= 0, batch.declared >= 0], axis=1)
        kinds = np.concatenate([batch.types, np.full(batch.declared.shape, int(TokenType.DECLARED))], axis=1)
        gaps = np.concatenate([batch.gaps_h, np.zeros(batch.declared.shape, np.float32)], axis=1)
        weights = np.concatenate([batch.weights, np.ones(batch.declared.shape, np.float32)], axis=1) * present
        rows = bucket((batch.history >= 0).sum(1), (batch.declared >= 0).sum(1))
        arrays = (kinds, gaps, weights.astype(np.float32), token_ages(kinds), present, rows)
        return TokenTensors(torch.cat([events, declared], dim=1), *(torch.from_numpy(array) for array in arrays))


def _member(rows: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """``(b, c)`` bool: whether candidate ``rows`` ``(c,)`` are among each case's ``known`` ``(b, k)``."""
    order = np.argsort(rows, kind="stable")
    mask = np.zeros((len(known), len(rows)), np.bool_)
    first, last = np.searchsorted(rows[order], known), np.searchsorted(rows[order], known, side="right")
    for shift in range(int((last - first).max(initial=0))):
        case, column = np.nonzero(first + shift < last)
        mask[case, order[first[case, column] + shift]] = True
    return mask
