"""Trains the second stage on users who trained nothing else, and decides whether it may rank.

Training users may teach as well, each beside a first stage that has learned nothing from them. By cross-validation over
users the best of three orders is taken: the first stage's, the mixture's, the trees'. With too few users for trees, the
mixture stands by itself. How sure that order is, is fitted on the same users, each ranked by trees that did not see
them. Knows nothing of files.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.mixture import SOURCES, SourceMixture, mixture_row
from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.training.second_stage.confidence_fit import fit_stage_confidence
from firstlight_encoder.training.second_stage.cross_ranking import CrossRanked, cross_ranked, shortlists
from firstlight_encoder.training.second_stage.described_cases import DescribedCase, described_cases
from firstlight_encoder.training.second_stage.method_choice import chosen_method
from firstlight_encoder.training.second_stage.mixture_fit import fit_mixture
from firstlight_encoder.training.second_stage.ranker_cases import LATER_CASES, ranker_cases
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial
from firstlight_encoder.training.second_stage.teachers import Teachers
from firstlight_encoder.training.second_stage.tree_fit import fit_trees

FEWEST_USERS = 60
"""Users, with something to learn from, below which trees are not tried."""

COMPLETE_USERS = 1_000
"""Users at most of whom the cases that no shortlist serves are kept as well: what confidence is fitted on."""

LATER_CASES_OF_A_PART = 8_000
"""How many newcomers of each further group of users begin later at most."""

_LOG_MIXTURE = FEATURES.index("log mixture")


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A trained second stage and how it came to its method.

    Attributes:
        stage: ready to serve.
        why: one sentence for a report.
    """

    stage: SecondStage
    why: str


def train_second_stage(
    material: RankingMaterial,
    users: Interactions,
    *,
    method: Method | None,
    seed: int,
    progress: Callable[[int, int], object],
    also: Iterable[Teachers] = (),
) -> Ranked:
    """The second stage over a first one.

    Args:
        material: the first stage.
        users: who trained nothing else.
        method: how to rank; None chooses.
        seed: of every draw.
        progress: told how many cases are described, and of how many.
        also: further users, each beside what was made without them.
    """
    lessons = ranker_lessons(material, users, seed=seed, progress=progress)
    if method is not Method.SPACE:
        lessons += further_lessons(also, seed=seed, progress=progress)
    return taught(lessons, material.side, method=method, seed=seed)


def further_lessons(
    teachers: Iterable[Teachers], *, seed: int, progress: Callable[[int, int], object]
) -> list[DescribedCase]:
    """What all of ``teachers`` teach: shortlists that hold what they took. They do not tell how often that is so."""
    found = (
        ranker_lessons(some.material, some.users, seed=seed, progress=progress, later=LATER_CASES_OF_A_PART)
        for some in teachers
    )
    return [replace(one, complete=False) for part in found for one in part if one.hits.any()]


def ranker_lessons(
    material: RankingMaterial,
    users: Interactions,
    *,
    seed: int,
    progress: Callable[[int, int], object],
    later: int = LATER_CASES,
) -> list[DescribedCase]:
    """What ``users``, who trained nothing else, teach a ranker over ``material``.

    Shortlists that hold what they took; of ``COMPLETE_USERS``, drawn at random, those that do not as well.

    Args:
        material: the first stage.
        users: who teach.
        seed: of where newcomers begin, and of the draw.
        progress: told how many cases are described, and of how many.
        later: how many newcomers begin later at most.
    """
    cases = ranker_cases(users, material.labels, seed=seed, later=later)
    complete = np.random.default_rng((seed, 2)).permutation(np.unique(users.users))[:COMPLETE_USERS]
    owners = frozenset(complete.tolist())
    described = described_cases(cases, material, _untaught(material.side), progress=progress)
    placed = (replace(one, complete=one.of.owner in owners) for one in described)
    return [one for one in placed if one.complete or one.hits.any()]


def taught(
    lessons: Sequence[DescribedCase],
    side: CatalogueSide,
    *,
    method: Method | None,
    seed: int,
    unread: Collection[str] = (),
    sure: bool = True,
) -> Ranked:
    """The second stage that ``lessons`` teach, which have the mixture's probabilities written into them.

    Args:
        lessons: of ``ranker_lessons`` and ``further_lessons``.
        side: the catalogue they were described over.
        method: how to rank; None chooses.
        seed: of every draw.
        unread: names of features that the trees do not look at.
        sure: whether to fit how sure the order is, which costs two more sets of trees.
    """
    blank = _untaught(side)
    telling = [one for one in lessons if one.hits.any()]
    if not telling:
        return Ranked(stage=replace(blank, method=Method.SPACE), why="no held-out user took anything on a shortlist")
    mixture, why = _fitted(telling), "as configured"
    owners = len({one.of.owner for one in telling})
    if method is None and owners < FEWEST_USERS:
        method, why = Method.MIX, f"{owners} users to learn from, trees need {FEWEST_USERS}: the mixture ranks"
    described = [_remixed(one, mixture) for one in lessons]
    ranked = _ranked(described, method, seed=seed, unread=unread) if sure or method is None else []
    if method is None:
        method, why = chosen_method(ranked)
    stage = replace(blank, mixture=mixture, method=method)
    if method is Method.TREES:
        stage = replace(stage, trees=fit_trees(shortlists(described, unread=unread), seed=seed))
    if ranked and method is not Method.SPACE:
        stage = replace(stage, curves=fit_stage_confidence([one for one in ranked if one.case.complete], method))
    return Ranked(stage=stage, why=why)


def _untaught(side: CatalogueSide) -> SecondStage:
    even = SourceMixture(np.full((BUCKETS, len(SOURCES)), 1 / len(SOURCES), np.float32))
    return SecondStage(side=side, mixture=even, trees=None, method=Method.MIX)


def _fitted(described: Sequence[DescribedCase]) -> SourceMixture:
    likelihoods = [one.candidates.sources[:, one.hits].T for one in described]
    buckets = np.repeat([mixture_row(one.known) for one in described], [len(part) for part in likelihoods])
    return fit_mixture(np.concatenate(likelihoods).astype(np.float64), buckets)


def _remixed(one: DescribedCase, mixture: SourceMixture) -> DescribedCase:
    """``one`` under another mixture."""
    log_mixture = mixture.log_probability(one.candidates.sources, one.known)
    one.candidates.matrix[:, _LOG_MIXTURE] = log_mixture
    return replace(one, candidates=replace(one.candidates, log_mixture=log_mixture))


def _ranked(
    described: Sequence[DescribedCase], method: Method | None, *, seed: int, unread: Collection[str]
) -> list[CrossRanked]:
    """The cases, ranked by other users' trees where trees may be the ``method``."""
    if method in {None, Method.TREES}:
        return cross_ranked(described, seed=seed, unread=unread)
    return [CrossRanked(one, None) for one in described]
