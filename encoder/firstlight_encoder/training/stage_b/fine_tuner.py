"""Fine-tunes a text encoder on who took what after what.

Items whose users took one soon after the other come closer, by a softmax over the followers of a batch. Deterministic
for a seed, a device and a number of threads, and resumed exactly: every batch is drawn by its number. Knows nothing of
catalogues or of where the result goes.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import chosen_device
from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.best_state import BestState
from firstlight_encoder.training.descent import Descent
from firstlight_encoder.training.loss_log import LossLog
from firstlight_encoder.training.one_thread import fixed_threads
from firstlight_encoder.training.processes import OneProcess, Processes
from firstlight_encoder.training.saved_run import SavedRun
from firstlight_encoder.training.stage_b.fine_tune_settings import FineTuneSettings
from firstlight_encoder.training.stage_b.item_tokens import ItemTokens
from firstlight_encoder.training.stage_b.learning_layers import learnt_weights, set_learning
from firstlight_encoder.training.stage_b.pair_loss import PairLoss
from firstlight_encoder.training.stage_b.pair_source import PairSource
from firstlight_encoder.training.stage_b.text_model import TextModel

VALIDATION_BATCHES = 8
"""Batches of held-out users' pairs a look, the same every time."""

Progress = Callable[[int, int], None]
"""Told the step and the number of steps."""


def _silent(step: int, steps: int) -> None:
    """Takes no notice."""


@dataclass
class _Run:
    """How far a run has come, and the seconds that its steps took."""

    step: int = 0
    seconds: float = 0.0


class FineTuner:
    """One fine-tuning of one encoder on one log."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        split: UserSplit,
        tokens: ItemTokens,
        settings: FineTuneSettings,
        *,
        processes: Processes | None = None,
    ) -> None:
        """Prepares the run.

        Args:
            checkpoint: the encoder to start from.
            split: the training users to learn from, the validation users to stop by; the test users are not looked at.
            tokens: the items' texts.
            settings: how to train.
            processes: that share every step; None for this one alone.

        Raises:
            TrainingDataError: if no training or no validation user has two baskets.
            CheckpointError: if the encoder has no layers to tune.
            DeviceError: if the device asked for is not there.
        """
        torch.manual_seed(settings.seed)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
        self._settings, self._device = settings, chosen_device(settings.device)
        self._processes: Processes = processes or OneProcess()
        self._train = PairSource.of(split.train, reach=settings.reach, seed=settings.seed)
        self._held_out = PairSource.of(split.validation, reach=settings.reach, seed=settings.seed + 1)
        self._model = TextModel(checkpoint, device=self._device)
        set_learning(self._model.transformer, layers=settings.layers, lora_rank=settings.lora_rank)
        self._loss = PairLoss(self._model, tokens, split.train, settings, device=self._device)
        self._learning = nn.ParameterList(value for value in self._model.parameters() if value.requires_grad)
        self._best = BestState(self._learning)
        self._descent = Descent(self._learning, settings=settings, processes=self._processes)

    def run(
        self, *, progress: Progress = _silent, log: LossLog | None = None, saved: SavedRun | None = None
    ) -> dict[str, Tensor]:
        """Trains, and returns the weights that changed as they were at the lowest validation loss.

        Args:
            progress: told step and steps.
            log: gets the losses at every look at the validation loss.
            saved: where the run is kept, to be taken up after a kill. The caller forgets it.
        """
        log = log or LossLog()
        with fixed_threads(self._settings.threads):
            run = self._resumed(saved, log)
            if not log.rows:
                self._look(run, log, loss=float("nan"))
            while not self._ended(run):
                self._look(run, log, loss=self._steps_to_next_look(run, progress))
                self._save(run, log, saved)
            self._best.restore()
        progress(self._settings.steps, self._settings.steps)
        return learnt_weights(self._model.transformer, lora_rank=self._settings.lora_rank)

    @torch.no_grad()
    def validation_loss(self) -> float:
        """Mean loss over held-out users' pairs, the same draws every time."""
        losses = [self._batch_loss(self._held_out, number=number) for number in range(VALIDATION_BATCHES)]
        return float(torch.stack(losses).mean())

    def _ended(self, run: _Run) -> bool:
        settings = self._settings
        return run.step >= settings.steps or self._is_late(run) or self._best.waited >= settings.patience

    def _is_late(self, run: _Run) -> bool:
        return 0 < self._settings.seconds <= run.seconds

    def _steps_to_next_look(self, run: _Run, progress: Progress) -> float:
        """Takes the steps up to the next look and returns their mean loss."""
        settings, total, first = self._settings, torch.zeros((), device=self._device), run.step
        end = min(settings.steps, (run.step // settings.check_every + 1) * settings.check_every)
        while run.step < end and not self._is_late(run):
            started = time.monotonic()
            for part in range(settings.accumulate):
                number = (run.step * settings.accumulate + part) * self._processes.count + self._processes.rank
                loss = self._batch_loss(self._train, number=number) / settings.accumulate
                self._descent.accumulate(loss)
                total += loss.detach()
            self._descent.advance()
            run.step += 1
            run.seconds += time.monotonic() - started
            progress(run.step, settings.steps)
        return float(total) / (run.step - first)

    def _look(self, run: _Run, log: LossLog, *, loss: float) -> None:
        """Notes the validation loss and keeps the state if it is the lowest."""
        validation_loss = self.validation_loss()
        self._best.offer(validation_loss)
        log.add({**asdict(run), "rate": self._descent.rate, "loss": loss, "validation loss": validation_loss})

    def _batch_loss(self, source: PairSource, *, number: int) -> Tensor:
        return self._loss(source.sampler.draw(self._settings.batch, number=number), source.taken)

    def _save(self, run: _Run, log: LossLog, saved: SavedRun | None) -> None:
        """Keeps all that the next step depends on."""
        if saved is not None and self._processes.rank == 0:
            parts = {"learning": self._learning.state_dict(), "descent": self._descent.state()}
            saved.save({**parts, "best": self._best.state(), "run": asdict(run), "log": log.rows})

    def _resumed(self, saved: SavedRun | None, log: LossLog) -> _Run:
        """Where the saved run was, with everything as it was then; a fresh one where nothing was saved."""
        state = None if saved is None else saved.load()
        if state is None:
            return _Run()
        self._learning.load_state_dict(state["learning"])
        self._descent.restore(state["descent"])
        self._best.resume(state["best"])
        log.restore(state["log"])
        return _Run(**state["run"])
