"""Trains the second stage on users who trained nothing else, and decides whether it may rank.

By cross-validation over users the best of three orders is taken: the first stage's, the mixture's, the trees'. With
too few users for trees, the mixture stands by itself. Knows nothing of files.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.ranking_quality import CUT, discounted_gain
from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.mixture import SOURCES, SourceMixture, mixture_row
from firstlight_encoder.second_stage.second_stage import Method, SecondStage, scores_by_trees
from firstlight_encoder.second_stage.trees import Trees
from firstlight_encoder.training.second_stage.described_cases import DescribedCase, described_cases
from firstlight_encoder.training.second_stage.mixture_fit import fit_mixture
from firstlight_encoder.training.second_stage.ranker_cases import ranker_cases
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial
from firstlight_encoder.training.second_stage.tree_fit import Shortlists, fit_trees

FEWEST_USERS = 60
"""Users, with something to learn from, below which trees are not tried."""

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
) -> Ranked:
    """The second stage over a first one.

    Args:
        material: the first stage.
        users: who trained nothing else.
        method: how to rank; None chooses.
        seed: of every draw.
        progress: told how many cases are described, and of how many.
    """
    lessons = ranker_lessons(material, users, seed=seed, progress=progress)
    return taught(lessons, material.side, method=method, seed=seed)


def ranker_lessons(
    material: RankingMaterial, users: Interactions, *, seed: int, progress: Callable[[int, int], object]
) -> list[DescribedCase]:
    """What ``users``, who trained nothing else, teach a ranker over ``material``: shortlists that hold what they took.

    Args:
        material: the first stage.
        users: who teach.
        seed: of where newcomers begin.
        progress: told how many cases are described, and of how many.
    """
    cases = ranker_cases(users, material.labels, seed=seed)
    return list(described_cases(cases, material, _untaught(material.side), progress=progress))


def taught(
    lessons: Sequence[DescribedCase],
    side: CatalogueSide,
    *,
    method: Method | None,
    seed: int,
    unread: Collection[str] = (),
) -> Ranked:
    """The second stage that ``lessons`` teach, which have the mixture's probabilities written into them.

    Args:
        lessons: of ``ranker_lessons``.
        side: the catalogue they were described over.
        method: how to rank; None chooses.
        seed: of every draw.
        unread: names of features that the trees do not look at.
    """
    blank = _untaught(side)
    if not lessons:
        return Ranked(stage=replace(blank, method=Method.SPACE), why="no held-out user took anything on a shortlist")
    mixture = _fitted(lessons)
    described = [_remixed(one, mixture) for one in lessons]
    mixed = replace(blank, mixture=mixture)
    owners = len({one.of.owner for one in described})
    if method is None and owners < FEWEST_USERS:
        why = f"{owners} users to learn from, trees need {FEWEST_USERS}: the mixture ranks"
        return Ranked(stage=mixed, why=why)
    chosen, why = (method, "as configured") if method is not None else _chosen(described, seed=seed, unread=unread)
    trees = fit_trees(_shortlists(described, unread), seed=seed) if chosen is Method.TREES else None
    return Ranked(stage=replace(mixed, trees=trees, method=chosen), why=why)


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


def _shortlists(described: Sequence[DescribedCase], unread: Collection[str]) -> Shortlists:
    """The shortlists end to end; trees have nothing to split by in a column that is the same everywhere."""
    matrix = np.concatenate([one.candidates.matrix for one in described])
    matrix[:, [FEATURES.index(name) for name in unread]] = 0
    return Shortlists(
        matrix,
        np.concatenate([one.hits for one in described]),
        np.array([len(one.hits) for one in described], np.int64),
    )


def _chosen(described: Sequence[DescribedCase], *, seed: int, unread: Collection[str]) -> tuple[Method, str]:
    """The method with the highest NDCG@10 on users its trees did not see, every point of the curve counting alike."""
    is_first = half_of_users(np.array([one.of.owner for one in described]), seed=seed)
    gains: dict[Method, dict[str, list[float]]] = {method: {} for method in Method}
    for learn, check in ((is_first, ~is_first), (~is_first, is_first)):
        if not learn.any() or not check.any():
            continue
        trees = fit_trees(
            _shortlists([described[place] for place in np.flatnonzero(learn).tolist()], unread), seed=seed
        )
        for place in np.flatnonzero(check).tolist():
            _judge(described[place], trees, gains)
    means = {method: _mean(by_point) for method, by_point in gains.items()}
    best = max(Method, key=lambda method: means[method])
    told = ", ".join(f"{method} {means[method]:.4f}" for method in Method)
    return best, f"NDCG@10 on held-out users whose shortlist holds a target: {told}"


def half_of_users(owners: NDArray[np.int64], *, seed: int) -> NDArray[np.bool_]:
    """``(s,)`` bool: whether each of ``owners`` ``(s,)`` is in a random half of the distinct ones.

    Drawn among those that are there: a draw over all user numbers can repeat the one that chose them, and put all of
    them into one half.
    """
    users = np.unique(owners)
    chosen = np.random.default_rng((seed, 1)).permutation(users)[: len(users) // 2]
    return np.isin(owners, chosen)


def _judge(one: DescribedCase, trees: Trees, gains: dict[Method, dict[str, list[float]]]) -> None:
    if one.of.point is None:
        return
    scores = {
        Method.SPACE: one.candidates.scores,
        Method.MIX: one.candidates.log_mixture,
        Method.TREES: scores_by_trees(trees, one.candidates),
    }
    for method, own in scores.items():
        best = np.argsort(-own, kind="stable")[:CUT]
        gain = discounted_gain(one.hits[best], wanted=len(one.of.case.targets))
        gains[method].setdefault(one.of.point, []).append(gain)


def _mean(by_point: dict[str, list[float]]) -> float:
    return float(np.mean([np.mean(values) for values in by_point.values()])) if by_point else 0.0
