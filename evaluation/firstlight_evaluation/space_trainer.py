"""Makes the model under test: trains a space on the split with a seed and puts it behind the ``Scorer`` protocol.

The training is the indexer's own, so that what is measured is what would be served. Knows nothing of baselines,
metrics or files.
"""

from collections.abc import Callable
from dataclasses import dataclass

from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.space_scorer import SpaceScorer
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.pipeline_settings import TrainTable
from firstlight_indexer.progress import Progress
from firstlight_indexer.space_training import train_space
from firstlight_indexer.texts import EncodedTexts


def unchanged(settings: TrainSettings) -> TrainSettings:
    """``settings`` as they are."""
    return settings


@dataclass(frozen=True, kw_only=True)
class SpaceTrainer:
    """Trains on one split, once for every seed it is called with.

    Attributes:
        split: its test users are not looked at.
        catalogue: the items.
        texts: their text vectors.
        text_fingerprint: of the encoder that made them.
        settings: how to train.
        progress: told what is being done.
        change: made to the trainer's settings last, for experiments that firstlight.toml has no key for.
    """

    split: UserSplit
    catalogue: Catalogue
    texts: EncodedTexts
    text_fingerprint: str
    settings: TrainTable
    progress: Progress
    change: Callable[[TrainSettings], TrainSettings] = unchanged

    def __call__(self, seed: int) -> Contender:
        """The model trained with ``seed``.

        Raises:
            TrainingDataError: if the training or validation users give too little to train on.
        """
        trained = train_space(
            self.split,
            self.catalogue,
            self.texts.table,
            text_fingerprint=self.text_fingerprint,
            settings=self.change(self.settings.settings(seed=seed)),
            progress=lambda stage, done, total: self.progress(f"{stage}, seed {seed}", done, total),
        )
        scorer = SpaceScorer(
            trained.space,
            item_rows=trained.rows,
            label_vectors=trained.label_vectors,
            labels=self.catalogue.labels,
        )
        chosen = {"prior": str(trained.counting), **self.settings.model_dump(mode="json", exclude={"seed"})}
        return Contender(scorer, ALWAYS, baseline=False, settings=chosen)
