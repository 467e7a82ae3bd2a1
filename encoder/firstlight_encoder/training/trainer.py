"""Stage A: frozen text vectors, trained adaptor and user tower.

Declared and shown interests train in one objective, by mixing both kinds of cases (``docs/model.md``). Deterministic
for a seed and a number of threads. Knows nothing of files or snapshots.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.space import Space
from firstlight_encoder.training.calibrate import calibrate
from firstlight_encoder.training.candidates import CandidateSampler
from firstlight_encoder.training.objective import softmax_loss
from firstlight_encoder.training.sampler import CaseSampler
from firstlight_encoder.training.scoring import CaseScorer, TextTable

PREFIXES = ((0, 2), (0, 1), (1, 0), (2, 0), (3, 0), (5, 0), (10, 0), (20, 0), (3, 2))
"""(events, declarations) of a step, drawn in turn: newcomers of every kind."""

Progress = Callable[[int, int, float], None]


@dataclass(frozen=True)
class TrainSettings:
    """How to train; an early stop may end it before ``steps``.

    Attributes:
        dimension: of the item space; index rows are one wider.
        steps: the most steps.
        batch: cases a step.
        positives: target draws a case.
        candidates: negatives a step, where the catalogue is not small.
        rate: the highest learning rate (AdamW, one cycle).
        weight_decay: AdamW's.
        check_every: steps between looks at the validation loss.
        seed: of everything drawn.
    """

    dimension: int = 127
    steps: int = 300
    batch: int = 512
    positives: int = 4
    candidates: int = 4_096
    rate: float = 2e-3
    weight_decay: float = 0.01
    check_every: int = 50
    seed: int = 0


class StageA:
    """One training run over one domain."""

    def __init__(
        self,
        train: Interactions,
        validation: Interactions,
        labels: Labels,
        texts: TextTable,
        prior: PriorTimeline,
        settings: TrainSettings,
    ) -> None:
        torch.manual_seed(settings.seed)
        self._settings = settings
        self._train = CaseSampler(train, labels, seed=settings.seed)
        self._validation, self._labels = validation, labels
        counts = np.bincount(train.items, minlength=train.item_count).astype(np.float64)
        self._candidates = CandidateSampler(counts, size=settings.candidates, seed=settings.seed + 1)
        self._held_out = CandidateSampler(counts, size=4 * settings.candidates, seed=settings.seed + 2)
        self._scorer = CaseScorer(texts, prior, dimension=settings.dimension)

    def run(self, *, text_fingerprint: str, progress: Progress = lambda step, steps, loss: None) -> Space:
        """Trains, keeps the best state by validation loss, calibrates, and returns the space.

        Args:
            text_fingerprint: of the encoder that made the texts' vectors.
            progress: told step, steps and the step's loss.
        """
        self._descend(progress)
        calibrate(
            self._scorer, CaseSampler(self._validation, self._labels, seed=self._settings.seed + 3), self._held_out
        )
        return Space.of(self._scorer.adaptor.arrays(), self._scorer.tower.arrays(), text_fingerprint=text_fingerprint)

    def _descend(self, progress: Progress) -> None:
        settings, parameters = self._settings, list(self._scorer.parameters())
        optimizer = torch.optim.AdamW(parameters, lr=settings.rate, weight_decay=settings.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, settings.rate, total_steps=settings.steps, pct_start=0.1
        )
        best, best_state = np.inf, self._scorer.state_dict()
        for step, (events, declared) in enumerate(self._plan(), start=1):
            batch = self._train.draw(settings.batch, k=events, declared=declared, positives=settings.positives)
            optimizer.zero_grad(set_to_none=True)
            loss = softmax_loss(self._scorer(batch, self._candidates.draw()))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            progress(step, settings.steps, float(loss.detach()))
            if step % settings.check_every == 0 or step == settings.steps:
                held_out = self.validation_loss()
                if held_out < best:
                    best, best_state = (
                        held_out,
                        {name: value.clone() for name, value in self._scorer.state_dict().items()},
                    )
        self._scorer.load_state_dict(best_state)

    def _plan(self) -> Iterator[tuple[int, int]]:
        """The prefix of every step: each kind equally often, shuffled."""
        random = np.random.default_rng(self._settings.seed + 4)
        for start in range(0, self._settings.steps, len(PREFIXES)):
            for kind in random.permutation(len(PREFIXES))[: self._settings.steps - start]:
                yield PREFIXES[kind]

    @torch.no_grad()
    def validation_loss(self) -> float:
        """Mean loss over held-out users, the same draws every time."""
        cases = CaseSampler(self._validation, self._labels, seed=self._settings.seed)
        losses = [
            softmax_loss(self._scorer(cases.draw(128, k=events, declared=declared, positives=8), self._held_out.draw()))
            for events, declared in PREFIXES
        ]
        return float(torch.stack(losses).mean())
