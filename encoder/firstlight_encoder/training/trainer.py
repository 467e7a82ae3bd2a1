"""Stage A: frozen text vectors, trained adaptor and user tower, over one domain or several together.

Declared and shown interests train in one objective, by mixing both kinds of cases (``docs/model.md``). Deterministic
for a seed, whatever the number of threads, and whether it was broken off and taken up again. Knows nothing of
snapshots.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.space import Space
from firstlight_encoder.training.best_state import BestState
from firstlight_encoder.training.descent import Descent
from firstlight_encoder.training.domain_training import DomainTraining
from firstlight_encoder.training.loss_log import LossLog
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.one_thread import one_thread
from firstlight_encoder.training.processes import OneProcess, Processes
from firstlight_encoder.training.saved_run import SavedRun, generator_states, restore_generators
from firstlight_encoder.training.torch_space import TorchSpace
from firstlight_encoder.training.train_settings import TrainSettings

SEEDS_A_DOMAIN = 1_000
"""Apart lie the seeds of two domains, so that no two draws share one."""

Progress = Callable[[int, int, float], None]
"""Told the step, the number of steps and the step's loss."""


def _silent(step: int, steps: int, loss: float) -> None:
    """Takes no notice."""


class StageA:
    """One training run."""

    def __init__(self, mixture: Mixture, settings: TrainSettings, *, processes: Processes | None = None) -> None:
        """Prepares the run; every draw of it is seeded here.

        Args:
            mixture: the domains and their weights.
            settings: how to train.
            processes: that share every batch; None for this one alone.

        Raises:
            TrainingDataError: if a domain has no training user with two baskets.
            DeviceError: if the device asked for is not there.
        """
        torch.manual_seed(settings.seed)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
        self._mixture, self._settings = mixture, settings
        self._processes: Processes = processes or OneProcess()
        texts = mixture.domains[mixture.anchor].texts
        self._space = TorchSpace(texts.vectors, settings=settings, others=len(mixture.domains) - 1)
        self._domains = [self._domain(place) for place in range(len(mixture.domains))]
        self._best = BestState(self._space)
        self._descent = Descent(self._space.parameters(), settings=settings, processes=self._processes)

    def train(self, *, progress: Progress = _silent, log: LossLog | None = None, saved: SavedRun | None = None) -> None:
        """Trains and keeps the best state by the anchor's validation loss.

        Args:
            progress: told step, steps and the step's loss.
            log: gets the losses at every look at the validation loss.
            saved: where the run is kept, to be taken up after a kill. The caller forgets it.

        Raises:
            TrainingDataError: if no validation user of the anchor has two baskets.
        """
        log = log or LossLog()
        with one_thread():
            self._descend(self._resumed(saved, log), progress=progress, log=log, saved=saved)
            self._best.restore()

    def space(self, place: int, *, served_prior: PriorTimeline, text_fingerprint: str) -> Space:
        """The trained space, calibrated for the domain at ``place`` of the mixture.

        Args:
            place: of a domain, whether it had a weight or not.
            served_prior: what the tower will be mixed with; calibration weighs it.
            text_fingerprint: of the encoder that made the texts' vectors.

        Raises:
            TrainingDataError: if no validation user of the domain has two baskets.
        """
        with one_thread():
            own = self._domains[place].calibrated(self._space, served_prior=served_prior)
        return own.space(text_fingerprint=text_fingerprint)

    def _domain(self, place: int) -> DomainTraining:
        others = [other for other in range(len(self._mixture.domains)) if other != self._mixture.anchor]
        scale = self._space.own_scales[others.index(place)] if place in others else None
        return DomainTraining(
            self._mixture.domains[place],
            self._space,
            self._settings,
            seed=self._settings.seed + SEEDS_A_DOMAIN * place,
            processes=self._processes,
            scale=scale,
        )

    def _descend(self, first: int, *, progress: Progress, log: LossLog, saved: SavedRun | None) -> None:
        """Takes the steps from ``first`` (0 for a fresh run) on."""
        settings, sums = self._settings, defaultdict[str, float](float)
        for step, kind in enumerate(self._plan(), start=1):
            if step <= first:
                continue
            loss = self._step(kind, sums)
            progress(step, settings.steps, loss)
            if step % settings.check_every and step != settings.steps:
                continue
            self._look(step, sums, log)
            self._save(step, log, saved)
            if settings.patience and self._best.waited >= settings.patience:
                break

    def _step(self, kind: tuple[int, int], sums: dict[str, float]) -> float:
        """One step; adds every domain's loss to ``sums`` and returns the weighted sum."""
        losses = {
            place: self._domains[place].loss(events=kind[0], declared=kind[1])
            for place, weight in enumerate(self._mixture.weights)
            if weight
        }
        for place, own in losses.items():
            sums[self._mixture.domains[place].name] += float(own.detach())
        loss = torch.stack([self._mixture.weights[place] * own for place, own in losses.items()]).sum()
        self._descent.step(loss)
        return float(loss.detach())

    def _look(self, step: int, sums: dict[str, float], log: LossLog) -> None:
        """Measures the validation loss, offers the state and logs the means of ``sums`` since the last look."""
        anchor = self._mixture.anchor
        loss = self._domains[anchor].validation_loss()
        self._best.offer(loss)
        steps = step - int(log.rows[-1]["step"] if log.rows else 0)
        means = {f"train {name}": total / steps for name, total in sums.items()}
        sums.clear()
        name = self._mixture.domains[anchor].name
        log.add({"step": step, "rate": self._descent.rate, **means, f"validation {name}": loss})

    def _plan(self) -> Iterator[tuple[int, int]]:
        """The prefix of every step: each kind equally often, shuffled."""
        random = np.random.default_rng(self._settings.seed + 4)
        prefixes = self._settings.prefixes
        for start in range(0, self._settings.steps, len(prefixes)):
            for kind in random.permutation(len(prefixes))[: self._settings.steps - start]:
                yield prefixes[kind]

    @property
    def _generators(self) -> list[np.random.Generator]:
        return [generator for domain in self._domains for generator in domain.generators]

    def _save(self, step: int, log: LossLog, saved: SavedRun | None) -> None:
        """Keeps all that the next step depends on; one process writes what all of them have drawn."""
        generators = self._processes.gather(generator_states(self._generators))
        if saved is not None and self._processes.rank == 0:
            state: dict[str, Any] = {"step": step, "generators": list(generators), "log": log.rows}
            state |= {"space": self._space.state_dict(), "descent": self._descent.state(), "best": self._best.state()}
            saved.save(state)

    def _resumed(self, saved: SavedRun | None, log: LossLog) -> int:
        """The step that was saved, with everything as it was then; 0 where nothing was."""
        kept = saved.load() if saved is not None and self._processes.rank == 0 else None
        state: dict[str, Any] | None = self._processes.gather(kept)[0]
        if state is None:
            return 0
        self._space.load_state_dict(state["space"])
        self._descent.restore(state["descent"])
        self._best.resume(state["best"])
        restore_generators(self._generators, state["generators"][self._processes.rank])
        log.restore(state["log"])
        return int(state["step"])
