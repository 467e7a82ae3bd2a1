"""Adds the second stage to a trained space, on users who trained nothing else.

The index build and the evaluation both call this, so that what is measured is what is served. Knows nothing of
snapshots.
"""

from dataclasses import dataclass

from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.training.second_stage.ranker_training import train_second_stage
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress
from firstlight_indexer.ranking_training import catalogue_side, set_apart
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
    first: TrainedSpace, domain: PreparedDomain, *, ranker: Method | None, seed: int, progress: Progress
) -> TrainedModel:
    """``first`` and a second stage over it.

    Args:
        first: trained on ``tuning_domain(domain)``.
        domain: with all of its validation users.
        ranker: how to rank; None chooses.
        seed: of every draw.
        progress: told the stages.
    """
    _, ranking = set_apart(domain.split)
    ranked = train_second_stage(
        ranking_material(first, domain, progress=progress),
        ranking.validation,
        method=ranker,
        seed=seed,
        progress=lambda done, total: progress("describe shortlists", done, total),
    )
    return TrainedModel(first, ranked.stage, ranked.why)


def ranking_material(first: TrainedSpace, domain: PreparedDomain, *, progress: Progress) -> RankingMaterial:
    """``first`` and what else a second stage over it is made of: the catalogue with its neighbour tables.

    Args:
        first: trained on ``tuning_domain(domain)``.
        domain: with all of its validation users.
        progress: told the stages.
    """
    _, ranking = set_apart(domain.split)
    return RankingMaterial(
        space=first.space,
        side=catalogue_side(ranking, domain.catalogue, rows=first.rows, progress=progress),
        labels=domain.catalogue.labels,
        label_vectors=first.label_vectors,
        prior=domain.served_prior,
    )
