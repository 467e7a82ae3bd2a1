"""Trees as a server runs them, against LightGBM's own predictor."""

import json
import re

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.second_stage.trees import Trees
from firstlight_encoder.training.second_stage.onnx_trees import onnx_trees
from firstlight_encoder.training.second_stage.tree_fit import Shortlists, fit_trees

CASES, CANDIDATES, FEATURES = 200, 15, 5


def shortlists(*, seed: int = 0, cases: int = CASES) -> Shortlists:
    """The candidate with the highest sum of the first two features was taken, mostly."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(cases, CANDIDATES, FEATURES)).astype(np.float32)
    matrix[..., 2] = np.round(matrix[..., 2])  # ties, and exact zeros
    taste = matrix[..., 0] + matrix[..., 1] + 0.3 * random.normal(size=(cases, CANDIDATES))
    hits = taste == taste.max(axis=1, keepdims=True)
    return Shortlists(matrix.reshape(-1, FEATURES), hits.ravel(), np.full(cases, CANDIDATES))


def hit_rate(trees: Trees, found: Shortlists) -> float:
    best = trees.scores(found.matrix).reshape(-1, CANDIDATES).argmax(axis=1)
    return float(found.hits.reshape(-1, CANDIDATES)[np.arange(len(best)), best].mean())


def trained(matrix: NDArray[np.float32], target: NDArray[np.bool_], **params: object) -> lightgbm.Booster:
    options = {"objective": "binary", "num_threads": 1, "deterministic": True, "verbose": -1, **params}
    return lightgbm.train(options, lightgbm.Dataset(matrix, target.astype(np.int32)), num_boost_round=40)


def test_trees_put_first_what_was_taken() -> None:
    assert hit_rate(fit_trees(shortlists(), seed=0), shortlists(seed=1)) > 0.5


def test_onnx_trees_score_as_lightgbm_does_even_at_the_thresholds() -> None:
    known = shortlists()
    booster = trained(known.matrix, known.hits)
    trees, dump = Trees(onnx_trees(booster.dump_model())), booster.dump_model()
    thresholds = np.array(sorted(set(re.findall(r'"threshold": ([^,]+)', json.dumps(dump)))), np.float64)
    edges = np.concatenate([np.nextafter(thresholds.astype(np.float32), np.float32(way)) for way in (-9, 9)])
    near = np.concatenate([edges, thresholds.astype(np.float32)])
    near[np.abs(near) < 1e-34] = 0  # LightGBM's own predictor takes them for nothing
    other = np.random.default_rng(2).choice(near, (500, FEATURES)).astype(np.float32)
    for matrix in (known.matrix, other, np.zeros((1, FEATURES), np.float32)):
        raw = np.log(1 / (1 / booster.predict(matrix) - 1))
        np.testing.assert_allclose(trees.scores(matrix), raw, atol=1e-4)


def test_the_same_seed_gives_the_same_trees_and_another_seed_others() -> None:
    models = [fit_trees(shortlists(), seed=seed).model for seed in (0, 0, 1)]
    assert models[0] == models[1] != models[2]


def test_too_little_to_split_gives_trees_that_prefer_nothing() -> None:
    trees = fit_trees(shortlists(cases=2), seed=0)
    assert len(set(trees.scores(shortlists(cases=3).matrix).tolist())) == 1


def test_a_split_that_is_not_numeric_is_refused() -> None:
    kinds = np.random.default_rng(3).integers(0, 4, (400, 1)).astype(np.float32)
    dump = trained(kinds, kinds[:, 0] % 2 == 0).dump_model()
    dump["tree_info"][0]["tree_structure"]["decision_type"] = "=="
    with pytest.raises(ValueError, match="decision_type '=='"):
        onnx_trees(dump)


def test_shortlists_without_a_hit_tell_nothing() -> None:
    sizes, hits = np.array([2, 3, 1]), np.array([False, True, False, False, False, True])
    found = Shortlists(np.arange(6, dtype=np.float32)[:, None], hits, sizes)
    assert found.telling.tolist() == [True, False, True]
    kept = found.where(found.telling)
    assert (kept.matrix[:, 0].tolist(), kept.sizes.tolist()) == ([0, 1, 5], [2, 1])
