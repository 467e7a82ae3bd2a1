"""Makes the model under test: trains it on the split with a seed and puts it behind the ``Scorer`` protocol.

The training is the indexer's own, so that what is measured is what would be served. Knows nothing of baselines,
metrics or files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.space_scorer import SpaceScorer
from firstlight_evaluation.two_stage_scorer import TwoStageScorer
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.model_training import TrainedModel, with_second_stage
from firstlight_indexer.pipeline_settings import TrainTable
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress
from firstlight_indexer.ranking_training import tuning_domain
from firstlight_indexer.space_training import train_space
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_indexer.training_files import TrainingFiles
from firstlight_indexer.transfer_settings import Weights


def unchanged(settings: TrainSettings) -> TrainSettings:
    """``settings`` as they are."""
    return settings


@dataclass(frozen=True, kw_only=True)
class SpaceTrainer:
    """Trains on one split, once for every seed it is called with.

    Attributes:
        target: the domain; its test users are not looked at.
        text_fingerprint: of the encoder that made its text vectors.
        settings: how to train.
        progress: told what is being done.
        sources: other domains to learn from, encoded alike.
        weights: what they count.
        files: takes the losses, and what a killed run needs to go on.
        change: made to the trainer's settings last, for experiments that firstlight.toml has no key for.
        alone: whether the first stage ranks by itself and no second one is trained, for experiments as well.
    """

    target: PreparedDomain
    text_fingerprint: str
    settings: TrainTable
    progress: Progress
    sources: Sequence[PreparedDomain] = ()
    weights: Weights = "auto"
    files: TrainingFiles | None = None
    change: Callable[[TrainSettings], TrainSettings] = unchanged
    alone: bool = False

    def __call__(self, seed: int) -> Contender:
        """The model trained with ``seed``.

        Raises:
            TrainingDataError: if the training or validation users give too little to train on.
        """
        first = self.first_stage(seed)
        if self.alone:
            return self._first_alone(first)
        model = with_second_stage(
            first,
            self.target,
            training=self.training(seed),
            ranker=self.settings.ranking,
            parts=self.settings.ranker_parts,
        )
        return self.contender(model)

    def first_stage(self, seed: int) -> TrainedSpace:
        """The model's first stage alone, trained with ``seed``.

        Raises:
            TrainingDataError: if the training or validation users give too little to train on.
        """
        return train_space(self.training(seed), weights=self.weights)

    def contender(self, model: TrainedModel) -> Contender:
        """``model`` as one to compare with others."""
        trained = model.first
        scorer = TwoStageScorer(
            trained.space, model.second, labels=self.catalogue.labels, label_vectors=trained.label_vectors
        )
        ranked = {"ranker": model.second.method.value, "ranked because": model.ranked_because}
        return Contender(scorer, ALWAYS, baseline=False, settings=self._chosen(trained) | ranked)

    def _first_alone(self, trained: TrainedSpace) -> Contender:
        labels = self.catalogue.labels
        scorer = SpaceScorer(trained.space, item_rows=trained.rows, label_vectors=trained.label_vectors, labels=labels)
        ranked = {"ranker": "space", "ranked because": "nothing else was trained"}
        return Contender(scorer, ALWAYS, baseline=False, settings=self._chosen(trained) | ranked)

    def _chosen(self, trained: TrainedSpace) -> dict[str, object]:
        """What training chose, for the report."""
        chosen: dict[str, object] = {
            "prior": str(trained.counting),
            **self.settings.model_dump(mode="json", exclude={"seed"}),
        }
        if trained.choice is not None:
            chosen["source weights"] = dict(
                zip([source.name for source in self.sources], trained.choice.chosen.weights, strict=True)
            )
        return chosen

    @property
    def catalogue(self) -> Catalogue:
        """The target's items."""
        return self.target.catalogue

    def forget(self) -> None:
        """Removes what killed trainings would have needed to go on; to be called when all is measured."""
        if self.files is not None:
            self.files.forget()

    def training(self, seed: int) -> JointTraining:
        """The domains and how to train on them with ``seed``."""
        return JointTraining(
            domains=(tuning_domain(self.target), *self.sources),
            text_fingerprint=self.text_fingerprint,
            settings=self.change(self.settings.settings(seed=seed)),
            progress=lambda stage, done, total: self.progress(f"{stage}, seed {seed}", done, total),
            files=self.files,
        )
