"""Adds the second stage to a trained space, on users who trained nothing else.

The index build and the evaluation both call this, so that what is measured is what is served. Knows nothing of
snapshots.
"""

from dataclasses import dataclass, replace

from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.training.second_stage.ranker_training import train_second_stage
from firstlight_indexer.cross_fitting import cross_fitted, set_apart_teachers
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.ranking_training import ranking_material
from firstlight_indexer.trained_space import TrainedSpace


@dataclass(frozen=True)
class TrainedModel:
    """Both stages.

    Attributes:
        first: the space, its items and its prior.
        second: the neighbour tables and the ranker.
        ranked_because: one sentence on how the second stage came to rank as it does.
    """

    first: TrainedSpace
    second: SecondStage
    ranked_because: str


def with_second_stage(
    first: TrainedSpace, domain: PreparedDomain, *, training: JointTraining, ranker: Method | None, parts: int
) -> TrainedModel:
    """``first`` and a second stage over it.

    Args:
        first: came of ``training``.
        domain: with all of its validation users.
        training: on ``tuning_domain(domain)``; its seed is that of every draw, its progress is told the stages.
        ranker: how to rank; None chooses.
        parts: of the training users who teach the ranker as well; 0 for none.
    """
    progress = training.progress
    served = ranking_material(first, domain, progress=progress)
    own = set_apart_teachers(served, first, domain, progress=progress)
    ranked = train_second_stage(
        own.material,
        own.users,
        method=ranker,
        seed=training.settings.seed,
        progress=lambda done, total: progress("describe shortlists", done, total),
        also=cross_fitted(first, training, parts=parts),
    )
    return TrainedModel(first, replace(ranked.stage, side=served.side), ranked.why)
