"""A domain cleaned, encoded and split: what a space is trained on. Knows nothing of files or other domains."""

from dataclasses import dataclass, replace
from functools import cached_property

from firstlight_encoder.cases import Case
from firstlight_encoder.counting_choice import choose_counting
from firstlight_encoder.prior import HALF_LIVES_H, Counting, PriorTimeline
from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.scoring import TextTable
from firstlight_encoder.training.training_domain import TrainingDomain
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.held_out_cases import held_out_cases


@dataclass(frozen=True)
class PreparedDomain:
    """One domain, ready to train on.

    Attributes:
        name: what logs and reports call it.
        split: the users; those who test are not looked at.
        catalogue: the items, their categories and labels.
        texts: their text vectors.
        chosen_counting: how the served prior counts; None chooses on the validation users.
    """

    name: str
    split: UserSplit
    catalogue: Catalogue
    texts: TextTable
    chosen_counting: Counting | None = None

    @cached_property
    def counting(self) -> Counting:
        """How the served prior counts."""
        return self.chosen_counting or choose_counting(self.split.train, self.split.validation)

    @cached_property
    def served_prior(self) -> PriorTimeline:
        """The prior that is served."""
        return PriorTimeline.of(self.split.train, self.catalogue.levels, counting=self.counting)

    @cached_property
    def training(self) -> TrainingDomain:
        """What training reads of it."""
        return TrainingDomain(
            name=self.name,
            split=self.split,
            labels=self.catalogue.names,
            texts=self.texts,
            prior=self._brisk_prior(),
        )

    @cached_property
    def held_out_cases(self) -> list[Case]:
        """What its few free numbers are chosen on."""
        return held_out_cases(self.split, self.catalogue.labels)

    def _brisk_prior(self) -> PriorTimeline:
        """The prior to train beside: where it follows every week, the tower learns people, not the log's seasons."""
        weekly = replace(self.counting, half_life_h=HALF_LIVES_H[-1])
        return PriorTimeline.of(self.split.train, self.catalogue.levels, counting=weekly)
