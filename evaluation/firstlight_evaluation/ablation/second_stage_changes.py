"""What can be changed in the second stage: its sources, its ranker, what the ranker reads and who teaches it.

The first stage stays the very same. Knows nothing of the first stage's changes.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.lexicon import Lexicon
from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.training.second_stage.described_cases import DescribedCase
from firstlight_encoder.training.second_stage.ranker_training import Ranked, taught
from firstlight_encoder.training.second_stage.teachers import Teachers
from firstlight_evaluation.ablation.ablation import Make, Trainer
from firstlight_evaluation.ablation.full_model import FirstStage, FullModel


def without_tables(*names: str) -> Make:
    """No candidates and no features from the neighbour tables of those names."""

    def emptied(side: CatalogueSide) -> CatalogueSide:
        return replace(side, tables={**side.tables, **{name: _empty(side.tables[name]) for name in names}})

    return _over_another_side(emptied)


def without_words() -> Make:
    """No candidates and no features from the words of titles, categories and brands."""
    return _over_another_side(lambda side: replace(side, lexicon=Lexicon.of([""] * len(side.rows))))


def ranked_by(method: Method) -> Make:
    """The order is ``method``'s, whatever held-out users say; None where the configuration says so already."""

    def made(full: FullModel) -> Trainer | None:
        if full.experiment.trainer.settings.ranking is method:
            return None
        return full.with_ranked(
            lambda first, seed: taught(first.all_lessons, first.material.side, method=method, seed=seed, sure=False)
        )

    return made


def unread(features: Collection[str]) -> Make:
    """Trees that do not look at ``features``; None where the configuration leaves trees out."""

    def made(full: FullModel) -> Trainer | None:
        method = full.experiment.trainer.settings.ranking
        if method not in {None, Method.TREES}:
            return None
        return full.with_ranked(lambda first, seed: _taught(first, first.all_lessons, seed=seed, unread=features))

    return made


def without_later_cases(full: FullModel) -> Trainer | None:
    """Users teach the ranker only as the newcomers they were, not again from later baskets on."""

    def rank(first: FirstStage, seed: int) -> Ranked:
        lessons = [one for one in first.all_lessons if one.of.point is not None]
        return _taught(first, lessons, seed=seed)

    return full.with_ranked(rank)


def without_training_users(full: FullModel) -> Trainer | None:
    """Only users set apart teach the ranker; None where the configuration has it so already."""
    if not full.experiment.trainer.settings.ranker_parts:
        return None
    return full.with_ranked(lambda first, seed: _taught(first, first.lessons, seed=seed))


def _over_another_side(change: Callable[[CatalogueSide], CatalogueSide]) -> Make:
    """A second stage over a changed catalogue: shortlists, features, mixture and trees are made anew."""

    def made(full: FullModel) -> Trainer | None:
        def rank(first: FirstStage, seed: int) -> Ranked:
            material = replace(first.material, side=change(first.material.side))
            lessons = full.lessons(material, first.users, seed=seed)
            lessons += full.further([_changed(one, change) for one in first.teachers], seed=seed)
            return _taught(first, lessons, seed=seed, side=material.side)

        return full.with_ranked(rank)

    return made


def _taught(
    first: FirstStage,
    lessons: Sequence[DescribedCase],
    *,
    seed: int,
    side: CatalogueSide | None = None,
    unread: Collection[str] = (),
) -> Ranked:
    """What ``lessons`` make of the full model's method, so that nothing but the change differs."""
    method = first.ranked.stage.method
    return taught(lessons, side or first.material.side, method=method, seed=seed, unread=unread, sure=False)


def _changed(teachers: Teachers, change: Callable[[CatalogueSide], CatalogueSide]) -> Teachers:
    return replace(teachers, material=replace(teachers.material, side=change(teachers.material.side)))


def _empty(table: NeighbourTable) -> NeighbourTable:
    return replace(table, ids=np.full_like(table.ids, NOBODY), probabilities=np.zeros_like(table.probabilities))
