"""Training users as teachers of a ranker: both stages made again without them say what each was shown.

Stacked generalisation (Wolpert 1992). A model that has learned from a user knows too well what they took next: on
MovieLens-100k a ranker taught so ranks worse than one taught by a fifth of the users (``docs/model.md``). Knows nothing
of rankers.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.training.second_stage.ranker_training import FEWEST_USERS
from firstlight_encoder.training.second_stage.teachers import Teachers
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.ranking_training import ranking_material
from firstlight_indexer.trained_space import TrainedSpace

ENOUGH_USERS = 15_000
"""Training users beyond whom no more parts teach: every part is a training, and more than so many were not tried."""

_SEED = 1
"""Of who is in which part: the same users whatever else a training draws."""


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
    rest = _without(target, chosen)
    again = replace(training, domains=(rest, *sources), files=None)
    if training.settings.steps:
        trained = again.train(first.choice.chosen.weights if first.choice else ()).tuned()
    else:
        trained = TrainedSpace.of(first.space, rest)
    material = ranking_material(trained, rest, progress=training.progress)
    return Teachers(material, target.split.train.select_users(chosen))


def _without(domain: PreparedDomain, chosen: NDArray[np.bool_]) -> PreparedDomain:
    """``domain`` without the training users at which ``chosen`` ``(users,)`` holds."""
    split = replace(domain.split, train=domain.split.train.select_users(~chosen))
    return replace(domain, split=split, chosen_counting=domain.counting)
