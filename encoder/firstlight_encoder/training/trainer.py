"""Stage A: frozen text vectors, trained adaptor and user tower.

Declared and shown interests train in one objective, by mixing both kinds of cases (``docs/model.md``). Deterministic
for a seed, whatever the number of threads. Knows nothing of files or snapshots.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from firstlight_encoder.labels import Labels
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.space import Space
from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.best_state import BestState
from firstlight_encoder.training.calibrate import calibrate
from firstlight_encoder.training.candidates import CandidateSampler
from firstlight_encoder.training.descent import Descent
from firstlight_encoder.training.objective import softmax_loss
from firstlight_encoder.training.one_thread import one_thread
from firstlight_encoder.training.sampler import CaseSampler
from firstlight_encoder.training.scoring import CaseScorer, TextTable
from firstlight_encoder.training.train_settings import TrainSettings

PREFIXES = ((0, 2), (0, 1), (1, 0), (2, 0), (3, 0), (5, 0), (10, 0), (20, 0), (3, 2))
"""(events, declarations) of a step, drawn in turn: newcomers of every kind."""

Progress = Callable[[int, int, float], None]
"""Told the step, the number of steps and the step's loss."""


def _silent(step: int, steps: int, loss: float) -> None:
    """Takes no notice."""


class StageA:
    """One training run over one domain."""

    def __init__(
        self, split: UserSplit, labels: Labels, texts: TextTable, prior: PriorTimeline, settings: TrainSettings
    ) -> None:
        """Prepares the run; every draw of it is seeded here.

        Args:
            split: the training users to learn from, the validation users to stop and calibrate by; the test users are
                not looked at.
            labels: what cases declare.
            texts: frozen text vectors of the catalogue and the labels.
            prior: of the training users.
            settings: how to train.

        Raises:
            TrainingDataError: if no training user has two baskets.
        """
        torch.manual_seed(settings.seed)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
        self._settings, self._labels, self._validation = settings, labels, split.validation
        self._train = CaseSampler(split.train, labels, seed=settings.seed)
        counts = np.bincount(split.train.items, minlength=split.train.item_count).astype(np.float64)
        self._candidates = CandidateSampler(counts, size=settings.candidates, seed=settings.seed + 1)
        self._held_out = CandidateSampler(counts, size=4 * settings.candidates, seed=settings.seed + 2)
        self._scorer = CaseScorer(texts, prior, dimension=settings.dimension)

    def run(self, *, served_prior: PriorTimeline, text_fingerprint: str, progress: Progress = _silent) -> Space:
        """Trains, keeps the best state by validation loss, calibrates, and returns the space.

        Args:
            served_prior: what the tower will be mixed with; calibration weighs it.
            text_fingerprint: of the encoder that made the texts' vectors.
            progress: told step, steps and the step's loss.

        Raises:
            TrainingDataError: if no validation user has two baskets.
        """
        with one_thread():
            self._descend(progress)
            self._scorer.prior = served_prior
            calibrate(self._scorer, self._validation_cases(seed=self._settings.seed + 3), self._held_out)
        return Space.of(self._scorer.adaptor.arrays(), self._scorer.tower.arrays(), text_fingerprint=text_fingerprint)

    @torch.no_grad()
    def validation_loss(self) -> float:
        """Mean loss over held-out users, the same draws every time."""
        cases = self._validation_cases(seed=self._settings.seed)
        losses = [
            softmax_loss(self._scorer(cases.draw(128, k=events, declared=declared, positives=8), self._held_out.draw()))
            for events, declared in PREFIXES
        ]
        return float(torch.stack(losses).mean())

    def _descend(self, progress: Progress) -> None:
        """Trains the scorer and leaves it in its best state."""
        settings, best = self._settings, BestState(self._scorer)
        descent = Descent(
            self._scorer.parameters(), steps=settings.steps, rate=settings.rate, weight_decay=settings.weight_decay
        )
        for step, (events, declared) in enumerate(self._plan(), start=1):
            cases = self._train.draw(settings.batch, k=events, declared=declared, positives=settings.positives)
            loss = softmax_loss(self._scorer(cases, self._candidates.draw()))
            descent.step(loss)
            progress(step, settings.steps, float(loss.detach()))
            if step % settings.check_every == 0 or step == settings.steps:
                best.offer(self.validation_loss())
        best.restore()

    def _plan(self) -> Iterator[tuple[int, int]]:
        """The prefix of every step: each kind equally often, shuffled."""
        random = np.random.default_rng(self._settings.seed + 4)
        for start in range(0, self._settings.steps, len(PREFIXES)):
            for kind in random.permutation(len(PREFIXES))[: self._settings.steps - start]:
                yield PREFIXES[kind]

    def _validation_cases(self, *, seed: int) -> CaseSampler:
        return CaseSampler(self._validation, self._labels, seed=seed)
