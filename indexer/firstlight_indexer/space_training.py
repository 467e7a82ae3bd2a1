"""Trains the space of a domain: alone, or with others at weights chosen on its validation users, or on others only.

The index build and the evaluation both call this, so that what is measured is what is served. Knows nothing of
snapshots.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.parameters import Floats
from firstlight_encoder.ranking_quality import CUT, best_first, ndcg
from firstlight_encoder.training.case_scores import CaseScores
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_indexer.transfer_report import TransferReport
from firstlight_indexer.transfer_settings import Weights
from firstlight_indexer.weight_choice import SourceWeights, choose_weights


def train_space(training: JointTraining, *, weights: Weights = "auto") -> TrainedSpace:
    """Trains on the target's training users and tunes on its validation users.

    Without sources the target trains alone; without steps the sources do, and the target is served as it is.

    Args:
        training: the target, its sources and how to train.
        weights: what the sources count.

    Raises:
        TrainingDataError: if no user of a training or validation set has two baskets, or there is nothing to train on.
    """
    target, *sources = training.domains
    if not training.settings.steps:
        return zero_shot(training)
    if not sources:
        return training.train(()).tuned()
    trained: dict[SourceWeights, TrainedSpace] = {}

    def measured(candidate: SourceWeights) -> NDArray[np.float64]:
        trained[candidate] = training.train(candidate).tuned()
        return held_out_quality(trained[candidate], target)

    choice = choose_weights(weights, sources=len(sources), measure=measured)
    owners = np.array([case.user for case in target.held_out_cases], np.int64)
    names = [source.name for source in sources]
    report = TransferReport.of(choice, domain=target.name, sources=names, owners=owners)
    return replace(trained[choice.chosen.weights], choice=choice, transfer=report)


def zero_shot(training: JointTraining) -> TrainedSpace:
    """A space trained and tuned on the sources alone, all alike, with the target's items and prior.

    The sources take ``training``'s steps, or the default number where it has none.

    Raises:
        TrainingDataError: if there is no source, or one gives too little to train on.
    """
    target, *sources = training.domains
    if not sources:
        raise TrainingDataError(
            f"{target.name}: nothing to train on: [train] steps = 0 leaves the training to other domains; name them as "
            "[transfer] sources, or give steps"
        )
    steps = training.settings.steps or TrainSettings.steps
    elsewhere = replace(training, domains=tuple(sources), settings=replace(training.settings, steps=steps))
    return elsewhere.train((1 / len(sources),) * (len(sources) - 1)).transferred(0, to=target)


def held_out_quality(trained: TrainedSpace, domain: PreparedDomain) -> NDArray[np.float64]:
    """NDCG@10 of what ``trained`` would have served each of ``domain``'s held-out newcomers, ``(c,)``."""
    prior, cases = domain.served_prior, domain.held_out_cases
    scores_of = CaseScores(
        trained.space,
        shares=LabelShares(domain.catalogue.labels, prior.tables),
        item_vectors=trained.rows[:, :-1],
        label_vectors=trained.label_vectors,
        prior=prior,
    )
    judged = zip(cases, scores_of(cases), strict=True)
    return np.fromiter((_quality(case, scores) for case, scores in judged), np.float64, len(cases))


def _quality(case: Case, scores: Floats) -> float:
    """NDCG@10 of the items by ``scores`` ``(n,)``."""
    ranking = best_first(scores, count=CUT + len(case.history))
    return ndcg(ranking, history=case.history, targets=case.targets)
