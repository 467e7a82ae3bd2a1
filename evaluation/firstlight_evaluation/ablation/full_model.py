"""The full model, its first stage trained once a seed however many second stages are built over it.

Knows nothing of what is changed in a second stage.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.second_stage.described_cases import DescribedCase
from firstlight_encoder.training.second_stage.ranker_training import (
    Ranked,
    further_lessons,
    ranker_lessons,
    taught,
)
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial
from firstlight_encoder.training.second_stage.teachers import Teachers
from firstlight_evaluation.contender import Contender
from firstlight_evaluation.experiment import Experiment
from firstlight_indexer.cross_fitting import cross_fitted, set_apart_teachers
from firstlight_indexer.model_training import TrainedModel
from firstlight_indexer.ranking_training import ranking_material
from firstlight_indexer.trained_space import TrainedSpace


@dataclass(frozen=True)
class FirstStage:
    """A trained first stage, and what a ranker over it learns.

    Attributes:
        trained: the space, its items and its prior.
        material: the same with the neighbour tables.
        users: who teach a ranker and were set apart for it.
        lessons: what they teach the full model's.
        teachers: training users who teach it as well.
        others: what these teach the full model's.
        ranked: the full model's second stage.
        seconds: how long the training of the space took.
    """

    trained: TrainedSpace
    material: RankingMaterial
    users: Interactions
    lessons: Sequence[DescribedCase]
    teachers: Sequence[Teachers]
    others: Sequence[DescribedCase]
    ranked: Ranked
    seconds: float

    @property
    def all_lessons(self) -> list[DescribedCase]:
        """What all of them teach."""
        return [*self.lessons, *self.others]


class FullModel:
    """Trains the full model of an experiment from a seed, and others that differ in the second stage alone.

    What the last seed's models share is kept: ask for all models of one seed before those of the next.
    """

    def __init__(self, experiment: Experiment) -> None:
        """Takes the domain and its trainer."""
        self.experiment = experiment
        self._seed: int | None = None
        self._first: FirstStage | None = None

    @property
    def shared_seconds(self) -> float:
        """How long the training of what the last seed's models share took; 0 before any."""
        return 0.0 if self._first is None else self._first.seconds

    def __call__(self, seed: int) -> Contender:
        """The full model; its first stage where that ranks alone."""
        trainer = self.experiment.trainer
        if trainer.alone:
            return trainer(seed)
        return self.with_ranked(lambda first, _: first.ranked)(seed)

    def with_ranked(self, rank: Callable[[FirstStage, int], Ranked]) -> Callable[[int], Contender]:
        """A trainer of models whose second stage ``rank`` makes from the first one and the seed."""

        def made(seed: int) -> Contender:
            first = self._first_stage(seed)
            ranked = rank(first, seed)
            return self.experiment.trainer.contender(TrainedModel(first.trained, ranked.stage, ranked.why))

        return made

    def lessons(self, material: RankingMaterial, users: Interactions, *, seed: int) -> list[DescribedCase]:
        """What ``users`` teach a ranker over ``material``."""
        return ranker_lessons(material, users, seed=seed, progress=self._described(seed))

    def further(self, teachers: Sequence[Teachers], *, seed: int) -> list[DescribedCase]:
        """What ``teachers`` teach a ranker."""
        return further_lessons(teachers, seed=seed, progress=self._described(seed))

    def _described(self, seed: int) -> Callable[[int, int], object]:
        progress = self.experiment.trainer.training(seed).progress
        return lambda done, total: progress("describe shortlists", done, total)

    def _first_stage(self, seed: int) -> FirstStage:
        if self._first is None or self._seed != seed:
            self._first = None  # two of them need not be in memory at once
            self._first, self._seed = self._trained(seed), seed
        return self._first

    def _trained(self, seed: int) -> FirstStage:
        trainer = self.experiment.trainer
        begun = monotonic()
        trained = trainer.first_stage(seed)
        seconds = monotonic() - begun
        material = ranking_material(trained, trainer.target, progress=trainer.training(seed).progress)
        own = set_apart_teachers(material, trained, trainer.target, progress=trainer.training(seed).progress)
        users, parts = own.users, trainer.settings.ranker_parts
        lessons = self.lessons(own.material, users, seed=seed)
        teachers = list(cross_fitted(trained, trainer.training(seed), parts=parts))
        others = self.further(teachers, seed=seed)
        ranked = taught([*lessons, *others], material.side, method=trainer.settings.ranking, seed=seed)
        return FirstStage(trained, material, users, lessons, teachers, others, ranked, seconds)
