"""The baselines of the comparison, each fitted on training users and tuned on validation users.

Knows nothing of the model under test, of files or of test users.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from firstlight_encoder.cases import Case, Scorer
from firstlight_encoder.counting_choice import choose_counting
from firstlight_encoder.prior import Damping
from firstlight_evaluation.baselines.category_popularity import CATEGORY_POPULARITY_OPTIONS, CategoryPopularity
from firstlight_evaluation.baselines.conditional import ConditionalNeighbours, conditional_options
from firstlight_evaluation.baselines.cosine import CosineNeighbours, cosine_options
from firstlight_evaluation.baselines.ease import Ease, EaseFits, ease_options
from firstlight_evaluation.baselines.groups import GroupBy, ItemGroups
from firstlight_evaluation.baselines.popularity import Popularity, RecentPopularity
from firstlight_evaluation.baselines.sequence import SequenceNeighbours, sequence_options
from firstlight_evaluation.baselines.text_similarity import TEXT_MEAN_OPTIONS, TextMean, UntrainedPrompts
from firstlight_evaluation.baselines.title_search import TITLE_SEARCH_OPTIONS, TitleSearch
from firstlight_evaluation.baselines.tuning import tune
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.curve import curve_cases
from firstlight_evaluation.distinct_rows import DistinctRows
from firstlight_evaluation.material import Material
from firstlight_evaluation.points import Evidence, Point

TUNING_POINTS = (Point(0), Point(0, declared=True), Point(1), Point(3), Point(10))
"""Where baselines are tuned: one setting serves the whole curve, as it would in a shop."""

CASES_PER_TUNING_POINT = 300
"""The most validation users a point gives to tuning."""

_EVENTS = frozenset({Evidence.EVENTS})
_DECLARED = frozenset({Evidence.DECLARED})


@dataclass(frozen=True)
class Recipe:
    """How one baseline is made.

    Attributes:
        build: fits the model with one of ``options``.
        options: what tuning may choose from.
        answers_from: the evidence the model can rank by.
    """

    build: Callable[[Any], Scorer]
    options: Sequence[object]
    answers_from: frozenset[Evidence]


def recipes(material: Material) -> list[Recipe]:
    """The baselines of ``docs/model.md`` that need no library of their own and have what they need in ``material``."""
    counting = choose_counting(material.split.train, material.split.validation)
    return [
        Recipe(partial(Popularity, material.split.train), [counting], ALWAYS),
        *_recent(material),
        *_neighbours(material),
        *_contents(material),
    ]


def _recent(material: Material) -> list[Recipe]:
    """What is recent decides: nothing, where training does not end before the others begin."""
    if material.split.time_h is None:
        return []
    return [Recipe(partial(RecentPopularity, material.split.train), list(Damping), ALWAYS)]


def _neighbours(material: Material) -> list[Recipe]:
    """What other people's events decide."""
    train = material.split.train
    groups = {by: ItemGroups(train, by) for by in GroupBy}
    kinds = [by for by in GroupBy if groups[by].together] or [GroupBy.USER]
    return [
        Recipe(partial(CosineNeighbours, groups), cosine_options(kinds), _EVENTS),
        Recipe(partial(ConditionalNeighbours, groups), conditional_options(kinds), _EVENTS),
        Recipe(partial(SequenceNeighbours, train), sequence_options(train), _EVENTS),
        Recipe(partial(Ease, EaseFits(groups[GroupBy.USER])), ease_options(train.item_count), _EVENTS),
    ]


def _contents(material: Material) -> list[Recipe]:
    """What categories and texts decide."""
    train, labels = material.split.train, material.labels
    items = DistinctRows(material.item_vectors)
    made = [
        Recipe(partial(CategoryPopularity, train, labels), CATEGORY_POPULARITY_OPTIONS, _EVENTS | _DECLARED),
        Recipe(partial(TextMean, items), TEXT_MEAN_OPTIONS, _EVENTS),
        Recipe(partial(UntrainedPrompts, items, material.label_vectors), [None], _DECLARED),
    ]
    if material.titles:
        search = partial(TitleSearch, material.titles, labels.names)
        made.append(Recipe(search, TITLE_SEARCH_OPTIONS, _EVENTS | _DECLARED))
    return made


def fit_baselines(material: Material, made: Sequence[Recipe], *, seed: int) -> Iterator[Contender]:
    """Fits and tunes the baselines one by one.

    Args:
        material: the domain; its test users are not looked at.
        made: the baselines, from ``recipes``.
        seed: breaks ties while tuning.

    Raises:
        NoCasesError: if no validation user has anything to tune on.
    """
    cases = curve_cases(material.split.validation, labels=material.labels, points=TUNING_POINTS)
    for recipe in made:
        yield _fit(recipe, cases, seed=seed)


def _fit(recipe: Recipe, cases: Mapping[Point, Sequence[Case]], *, seed: int) -> Contender:
    answered = [
        case
        for point, own in cases.items()
        if point.evidence in recipe.answers_from
        for case in own[:CASES_PER_TUNING_POINT]
    ]
    tuned = tune(recipe.build, recipe.options, cases=answered, seed=seed)
    chosen = {} if tuned.option is None else {"option": str(tuned.option)}
    return Contender(tuned.scorer, recipe.answers_from, settings={**chosen, "validation": tuned.value})
