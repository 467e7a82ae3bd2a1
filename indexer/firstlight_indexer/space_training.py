"""Trains a space on a split of the log: the prior, stage A, calibration, sharpness.

The index build and the evaluation both call this, so that what is measured is what is served. Knows nothing of
snapshots.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.counting_choice import BASKETS_A_NEWCOMER, choose_counting
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.labels import Labels
from firstlight_encoder.prior import HALF_LIVES_H, Counting, PriorTimeline
from firstlight_encoder.space import Space
from firstlight_encoder.split import UserSplit
from firstlight_encoder.tokens import TokenSequence
from firstlight_encoder.training.case_scores import CaseScores
from firstlight_encoder.training.declared_odds import tune_declarations
from firstlight_encoder.training.fit_confidence import fit_confidence
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.scoring import TextTable
from firstlight_encoder.training.sharpen import sharpen
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.trainer import StageA
from firstlight_encoder.training.training_domain import TrainingDomain
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.progress import Progress, one_step

CASES_A_POINT = 1_000
"""The most cases to choose the sharpness by at one number of events."""

POINTS = (1, 2, 3, 5, 10)
"""Numbers of events to choose it by."""

DECLARED_POINTS = (0, 1, 3)
"""Numbers of events beside which declarations are weighed."""


@dataclass(frozen=True)
class TrainedSpace:
    """A space and its items.

    Attributes:
        space: adaptor, tower and calibration.
        rows: ``(n, d + 1)`` float32, ``[v_i ; log p(i)]`` of the catalogue.
        label_vectors: ``(m, d)`` float32 unit rows of the training labels.
        counting: of the prior.
        queries: ``(q, d + 1)`` float32 queries of held-out newcomers, to measure an index by.
    """

    space: Space
    rows: NDArray[np.float32]
    label_vectors: NDArray[np.float32]
    counting: Counting
    queries: NDArray[np.float32]


def train_space(
    split: UserSplit,
    catalogue: Catalogue,
    texts: TextTable,
    *,
    text_fingerprint: str,
    settings: TrainSettings,
    progress: Progress,
) -> TrainedSpace:
    """Trains on ``split.train`` and tunes on ``split.validation``.

    Args:
        split: the users; those who test are not looked at.
        catalogue: the items, their categories and labels.
        texts: their text vectors.
        text_fingerprint: of the encoder that made them.
        settings: how to train.
        progress: told the stages.

    Raises:
        TrainingDataError: if no user of the training or validation set has two baskets.
    """
    counting = choose_counting(split.train, split.validation)
    prior = PriorTimeline.of(split.train, catalogue.levels, counting=counting)
    brisk = _brisk_prior(split, catalogue, counting)
    domain = TrainingDomain(name="target", split=split, labels=catalogue.labels, texts=texts, prior=brisk)
    stage = StageA(Mixture.only(domain), settings)
    stage.train(progress=lambda step, steps, _: progress("train the towers", step, steps))
    space = stage.space(0, served_prior=prior, text_fingerprint=text_fingerprint)
    vectors, label_vectors = space.project(texts.vectors)[texts.item_rows], space.project(texts.label_vectors)
    cases = held_out_cases(split, catalogue.labels)
    with one_step(progress, "tune the mixture"):
        space = _tuned(space, cases, catalogue.labels, vectors, label_vectors, prior)
    tokens = [case_tokens(case, item_vectors=vectors, label_vectors=label_vectors) for case in cases]
    queries = space.interests(tokens or [TokenSequence.empty(space.dimension)]).reshape(-1, space.dimension + 1)
    rows = np.concatenate([vectors, prior.tables[-1][:, None]], axis=1)
    return TrainedSpace(space, rows=rows, label_vectors=label_vectors, counting=counting, queries=queries)


def _tuned(
    space: Space,
    cases: Sequence[Case],
    labels: Labels,
    item_vectors: NDArray[np.float32],
    label_vectors: NDArray[np.float32],
    prior: PriorTimeline,
) -> Space:
    """``space`` with the weights of tower, prior and declarations chosen on ``cases``."""
    parts = {"item_vectors": item_vectors, "label_vectors": label_vectors}
    mixed = [case for case in cases if bool(case.declared) != bool(len(case.history))]
    space = sharpen(space, mixed, prior=prior, **parts)
    shares = LabelShares(labels, prior.tables)
    space = tune_declarations(space, cases, shares=shares, prior=prior, **parts)
    return fit_confidence(space, cases, scores_of=CaseScores(space, shares=shares, prior=prior, **parts))


def _brisk_prior(split: UserSplit, catalogue: Catalogue, counting: Counting) -> PriorTimeline:
    """The prior to train beside: where it follows every week, the tower learns people and not the log's seasons."""
    weekly = replace(counting, half_life_h=HALF_LIVES_H[-1])
    return PriorTimeline.of(split.train, catalogue.levels, counting=weekly)


def held_out_cases(split: UserSplit, labels: Labels) -> list[Case]:
    """Newcomers of every kind among the held-out users: with nothing, declarations, events or both."""
    newcomers = split.validation.newcomers(baskets=BASKETS_A_NEWCOMER)
    owners = np.zeros(len(newcomers.user_ids), np.int64)
    owners[newcomers.users] = split.validation.users
    declared = [cold_user_cases(newcomers, k=k, labels=labels) for k in DECLARED_POINTS]
    found = [cold_user_cases(newcomers, k=0), *declared, *(cold_user_cases(newcomers, k=k) for k in POINTS)]
    kept = [case for cases in found for case in cases[:: max(1, len(cases) // CASES_A_POINT)][:CASES_A_POINT]]
    return [replace(case, user=int(owners[case.user])) for case in kept]
