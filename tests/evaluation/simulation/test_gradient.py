"""Judging a tower tuned on logged rewards: a tiny month whose every visitor wants what the tower does not show."""

import json
from pathlib import Path

import numpy as np
import torch

from firstlight_encoder.cases import Case
from firstlight_encoder.exploration import Projection
from firstlight_encoder.prior import Counting
from firstlight_encoder.space import Space
from firstlight_encoder.training.policy_gradient import PolicyGradientSettings
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TorchTower
from firstlight_encoder.training.tower_settings import TowerSettings
from firstlight_evaluation.simulation.files import write_gradient
from firstlight_evaluation.simulation.gradient_study import study_gradient
from firstlight_evaluation.simulation.month import RANKED, Month
from firstlight_evaluation.simulation.record_month import RecordedMonth
from firstlight_indexer.ope import Estimator
from firstlight_indexer.trained_space import TrainedSpace

ITEMS, DIMENSION, VISITS = 6, 4, 120


def recorded() -> RecordedMonth:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
    random = np.random.default_rng(0)
    texts = random.normal(size=(20, 8)).astype(np.float32)
    adaptor, tower = TorchAdaptor(texts, DIMENSION), TorchTower(DIMENSION, TowerSettings(width=8))
    tower.log_scale.data.fill_(0.0)  # else the policy is so sure that its log speaks of nothing else
    space = Space.of(adaptor.arrays(), tower.arrays(), text_fingerprint="texts")
    vectors = random.normal(size=(ITEMS, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.concatenate([vectors, np.full((ITEMS, 1), -np.log(ITEMS))], axis=1).astype(np.float32)
    known = random.integers(ITEMS, size=VISITS)
    blank = np.zeros((0, DIMENSION), np.float32)
    one = np.ones(1, np.float32)
    cases = tuple(
        Case(0, np.array([item]), np.array([2]), np.zeros(1, np.float32), one, (), np.array([0])) for item in known
    )
    month = Month(
        visitors=np.arange(VISITS) // 2,
        days=np.zeros(VISITS, np.int64),
        ranked=np.zeros((VISITS, RANKED), np.int64),
        ranked_scores=np.zeros((VISITS, RANKED), np.float32),
        ranked_takes=np.zeros((VISITS, RANKED), np.bool_),
        ranked_vectors=rows[:1, :-1],
        new_scores=np.zeros((VISITS, ITEMS), np.float32),
        new_takes=np.arange(ITEMS)[None, :] == (known[:, None] + 1) % ITEMS,
        new_vectors=rows[:, :-1],
        projection=Projection.fit(rows[:, :-1]),
        notice="made up",
        domain="toy",
    )
    trained = TrainedSpace(space, rows, blank, Counting(), np.zeros((1, DIMENSION + 1), np.float32))
    return RecordedMonth(month, trained, cases, np.arange(ITEMS))


def test_a_tuned_policy_is_judged_by_truth_and_by_the_log_of_the_one_before(tmp_path: Path) -> None:
    settings = PolicyGradientSettings(steps=20, batch=64, rate=1e-2)
    before, after = study_gradient(recorded(), seed=0, tried=[settings])
    assert before.gain.value == 0
    assert after.gain.low > 0
    estimated = {one.estimator: one for one in after.estimates}
    assert estimated[Estimator.DOUBLY_ROBUST].normal.covers(after.truth)
    files = write_gradient([before, after], notice="made up", directory=tmp_path)
    assert [value["policy"] for value in json.loads(files[0].read_text())["policies"]] == [before.policy, after.policy]
