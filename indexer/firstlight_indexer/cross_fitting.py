"""Who teaches a ranker, each beside what was made without them and before what they teach by.

Stacked generalisation (Wolpert 1992). A model that has learned from a user knows too well what they took next: on
MovieLens-100k a ranker taught so ranks worse than one taught by a fifth of the users (``docs/model.md``). Tables that
know the weeks asked about mislead likewise: where times matter, users teach by what they did from
``UserSplit.lessons_h`` on, beside what others did before. Knows nothing of rankers.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.training.second_stage.ranker_training import FEWEST_USERS
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial
from firstlight_encoder.training.second_stage.teachers import Teachers
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress
from firstlight_indexer.ranking_training import ranking_material, set_apart
from firstlight_indexer.trained_space import TrainedSpace

ENOUGH_USERS = 15_000
"""Training users beyond whom no more parts teach: every part is a training, and more than so many were not tried."""

_SEED = 1
"""Of who is in which part: the same users whatever else a training draws."""


def set_apart_teachers(
    served: RankingMaterial, first: TrainedSpace, domain: PreparedDomain, *, progress: Progress
) -> Teachers:
    """The users set apart for the ranker, whom ``first`` never met.

    What is served describes them where training ends before they begin. An index build learns from all times: there
    the prior and the tables are counted again, of what came before the lessons.

    Args:
        served: over ``first``, of all training events.
        first: the first stage.
        domain: with all of its validation users.
        progress: told the stages.
    """
    split = domain.split
    users = set_apart(split)[1].validation
    if split.time_h is not None or split.lessons_h is None:
        return Teachers(served, users)
    past = _past(domain)
    return Teachers(ranking_material(TrainedSpace.of(first.space, past), past, progress=progress), split.lessons(users))


def cross_fitted(first: TrainedSpace, training: JointTraining, *, parts: int) -> Iterator[Teachers]:
    """Parts of the target's training users, each beside what was made of all others.

    Args:
        first: what came of ``training``.
        training: the target, its sources and how to train.
        parts: into how many the users are divided, at least 2; 0 for no teachers. Fewer teach where users abound.
    """
    split = training.domains[0].split
    users = np.unique(split.train.users)
    if not parts or len(users) < FEWEST_USERS:
        return
    part_of = np.full(len(split.train.user_ids), parts)
    part_of[users] = np.random.default_rng(_SEED).permutation(len(users)) % parts
    for part in range(min(parts, -(-ENOUGH_USERS * parts // len(users)))):
        yield _part(first, training, part_of == part)


def _part(first: TrainedSpace, training: JointTraining, chosen: NDArray[np.bool_]) -> Teachers:
    target, *sources = training.domains
    rest = _past(target, without=chosen)
    again = replace(training, domains=(rest, *sources), files=None)
    if training.settings.steps:
        trained = again.train(first.choice.chosen.weights if first.choice else ()).tuned()
    else:
        trained = TrainedSpace.of(first.space, rest)
    material = ranking_material(trained, rest, progress=training.progress)
    return Teachers(material, target.split.lessons(target.split.train.select_users(chosen)))


def _past(domain: PreparedDomain, *, without: NDArray[np.bool_] | None = None) -> PreparedDomain:
    """``domain`` before the lessons, without the training users at which ``without`` ``(users,)`` holds."""
    split = domain.split
    train = split.train if without is None else split.train.select_users(~without)
    return replace(domain, split=replace(split, train=split.past(train)), chosen_counting=domain.counting)
