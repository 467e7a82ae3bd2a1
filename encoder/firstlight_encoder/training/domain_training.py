"""One domain's part in training: its draws, its losses, its calibration. Knows nothing of other domains or of steps."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.training.calibrate import calibrate
from firstlight_encoder.training.candidates import CandidateSampler
from firstlight_encoder.training.objective import softmax_loss
from firstlight_encoder.training.own_scale import OwnScale
from firstlight_encoder.training.pairs import PairSampler
from firstlight_encoder.training.processes import Processes
from firstlight_encoder.training.sampler import CaseSampler
from firstlight_encoder.training.scoring import CaseScorer
from firstlight_encoder.training.torch_space import TorchSpace
from firstlight_encoder.training.train_settings import PREFIXES, TrainSettings
from firstlight_encoder.training.training_domain import TrainingDomain

SEEDS_A_PROCESS = 1_000_000
"""Apart lie the seeds of two processes' draws."""


class DomainTraining:
    """Draws one domain's batches and scores them with a space that other domains may share."""

    def __init__(
        self,
        domain: TrainingDomain,
        space: TorchSpace,
        settings: TrainSettings,
        *,
        seed: int,
        processes: Processes,
        scale: OwnScale | None = None,
    ) -> None:
        """Prepares the draws; every one of them is seeded here.

        Args:
            domain: what to learn from.
            space: what learns.
            settings: how to train.
            seed: of the draws.
            processes: that share a batch, each with draws of its own.
            scale: the domain's own, where the space is scaled for another.

        Raises:
            TrainingDataError: if no training user has two baskets.
        """
        self._domain, self._settings, self._seed = domain, settings, seed
        self._batch = max(1, settings.batch // processes.count)
        own_seed = seed + SEEDS_A_PROCESS * processes.rank
        log = domain.split.train
        counts = np.bincount(log.items, minlength=log.item_count).astype(np.float64)
        self._train = CaseSampler(log, domain.labels, seed=own_seed)
        self._candidates = CandidateSampler(counts, size=settings.candidates, seed=own_seed + 1)
        self._held_out = CandidateSampler(counts, size=4 * settings.candidates, seed=seed + 2)
        self._pairs = PairSampler(log, seed=own_seed + 5)
        self._scorer = CaseScorer(space, domain.texts, domain.prior, labels=domain.labels, scale=scale)

    @property
    def generators(self) -> Sequence[np.random.Generator]:
        """Every source of chance that training advances, always in one order."""
        return [
            self._train.random,
            self._train.moods,
            self._candidates.random,
            self._held_out.random,
            self._pairs.random,
        ]

    def loss(self, *, events: int, declared: int) -> Tensor:
        """One step's L_next + alpha L_declared + beta L_item, a scalar.

        The first two are means over newcomers of whom at most ``events`` events and ``declared`` declarations are
        known; over the steps they mix as the settings' ``prefixes`` do, and alpha multiplies the steps in which
        anything is declared.
        """
        settings = self._settings
        cases = self._train.draw(
            self._batch, k=events, declared=declared, positives=settings.positives, habits=settings.habits
        )
        loss = softmax_loss(self._scorer(cases, self._candidates.draw())) * (settings.alpha if declared else 1.0)
        if not settings.beta:
            return loss
        pairs = self._pairs.draw(self._batch, partners=settings.positives)
        return loss + settings.beta * softmax_loss(self._scorer.pairs(pairs, self._candidates.draw()))

    @torch.no_grad()
    def validation_loss(self) -> float:
        """Mean loss over held-out users, the same draws every time."""
        cases = self._validation_cases(seed=self._seed)
        losses = [
            softmax_loss(self._scorer(cases.draw(128, k=events, declared=declared, positives=8), self._held_out.draw()))
            for events, declared in PREFIXES
        ]
        return float(torch.stack(losses).mean())

    def calibrated(self, space: TorchSpace, *, served_prior: PriorTimeline) -> TorchSpace:
        """A copy of ``space`` calibrated on the domain's held-out users beside ``served_prior``.

        Raises:
            TrainingDataError: if no validation user has two baskets.
        """
        own = deepcopy(space)
        own.dtype = torch.float32  # as it is served
        scorer = CaseScorer(own, self._domain.texts, served_prior, labels=self._domain.labels)
        calibrate(scorer, self._validation_cases(seed=self._seed + 3), deepcopy(self._held_out))
        return own

    def _validation_cases(self, *, seed: int) -> CaseSampler:
        return CaseSampler(self._domain.split.validation, self._domain.labels, seed=seed)
