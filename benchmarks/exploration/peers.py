"""Holds our policies against MABWiser's and Vowpal Wabbit's on the same observations.

LinUCB's bounds, ridge regression's means, Thompson sampling's spread and the closed forms of epsilon-greedy and softmax
have to agree. Run in an environment of its own (requirements.txt) with ``encoder/`` on the path:
``python -m benchmarks.exploration.peers``; it says so and ends well where the peers are not installed.

Sources: https://github.com/fidelity/mabwiser, https://github.com/VowpalWabbit/vowpal_wabbit.
"""

# pyright: reportMissingImports=false
# the peers are installed in their own environment only

import sys
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import (
    Candidates,
    EpsilonGreedy,
    Explorer,
    LinUcb,
    Posterior,
    Prior,
    Slots,
    Softmax,
    Thompson,
)
from firstlight_encoder.exploration.preferences import Votes

WIDTH, OBSERVED, ASKED = 8, 500, 40
_TOLERANCE = 1e-8
_ERRORS = 6.0
"""Standard errors by which sampled moments may differ."""

Matrix = NDArray[np.float64]


def main() -> int:
    """Compares, prints a line each, and returns 1 where anything differs."""
    try:
        mab, workspace = import_module("mabwiser.mab"), import_module("vowpalwabbit").Workspace
    except ImportError as error:
        sys.stdout.write(f"skipped: {error}; install benchmarks/exploration/requirements.txt\n")
        return 0
    generator = np.random.default_rng(0)
    features = generator.standard_normal((OBSERVED, WIDTH))
    rewards = (features @ generator.standard_normal(WIDTH) + generator.normal(size=OBSERVED) > 0).astype(float)
    asked = generator.standard_normal((ASKED, WIDTH))
    prior = Prior(np.zeros(WIDTH), 1.5)
    posterior = Posterior.before_feedback(prior, fingerprint="").updated(features, rewards)
    differences = {
        "LinUCB's bounds, MABWiser": _bounds(mab, posterior, features, rewards, asked) / _TOLERANCE,
        "Thompson's means, MABWiser, in 6 standard errors": _means(mab, posterior, features, rewards, asked) / _ERRORS,
        "Thompson's deviations, MABWiser, relative to 5%": _deviations(mab, posterior, features, rewards, asked) / 0.05,
        "epsilon-greedy's chances, Vowpal Wabbit": _closed_form(workspace, "--epsilon 0.3", EpsilonGreedy(0.3)) / 1e-6,
        "softmax's chances, Vowpal Wabbit": _closed_form(workspace, "--softmax --lambda 2", Softmax(0.5)) / 1e-6,
    }
    for name, difference in differences.items():
        sys.stdout.write(
            f"{'agrees' if difference < 1 else 'DIFFERS'}  {name}: {difference:.3g} of what is tolerated\n"
        )
    return int(max(differences.values()) >= 1)


def _candidates(features: Matrix, base: NDArray[np.float32] | None = None) -> Candidates:
    count = len(features)
    scores = np.zeros(count, np.float32) if base is None else base
    return Candidates(np.arange(count), scores, features.astype(np.float32), np.zeros(count, np.bool_))


def _bounds(mab: Any, posterior: Posterior, features: Matrix, rewards: Matrix, asked: Matrix) -> float:
    asked = asked.astype(np.float32).astype(np.float64)
    peer = mab.MAB(["a"], mab.LearningPolicy.LinUCB(alpha=0.7, l2_lambda=1.5))
    peer.fit(["a"] * len(rewards), rewards, features)
    theirs = np.array([one["a"] for one in peer.predict_expectations(asked)])
    votes = LinUcb(alpha=0.7).preferences(_candidates(asked), posterior, np.random.default_rng(0))
    assert isinstance(votes, Votes)
    return float(np.abs(votes.scores[0] - theirs).max())


def _drawn(mab: Any, posterior: Posterior, features: Matrix, rewards: Matrix, asked: Matrix) -> tuple[Matrix, Matrix]:
    """Scores of ``asked`` under many draws, ours and theirs, ``(draws, ASKED)`` each."""
    draws = 4_000
    peer = mab.MAB(["a"], mab.LearningPolicy.LinTS(alpha=0.5, l2_lambda=1.5), seed=3)
    peer.fit(["a"] * len(rewards), rewards, features)
    told = peer.predict_expectations(np.tile(asked, (draws, 1)))
    theirs = np.array([one["a"] for one in told]).reshape(draws, len(asked))
    policy = Thompson(scale=0.5, draws=draws)
    votes = policy.preferences(_candidates(asked), posterior, np.random.default_rng(1))
    assert isinstance(votes, Votes)
    return np.asarray(votes.scores, np.float64), theirs


def _means(mab: Any, posterior: Posterior, features: Matrix, rewards: Matrix, asked: Matrix) -> float:
    ours, theirs = _drawn(mab, posterior, features, rewards, asked)
    error = np.sqrt((ours.var(axis=0) + theirs.var(axis=0)) / len(ours))
    return float((np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) / error).max())


def _deviations(mab: Any, posterior: Posterior, features: Matrix, rewards: Matrix, asked: Matrix) -> float:
    ours, theirs = _drawn(mab, posterior, features, rewards, asked)
    return float(np.abs(ours.std(axis=0) / theirs.std(axis=0) - 1).max())


def _closed_form(workspace: Any, options: str, policy: EpsilonGreedy | Softmax) -> float:
    """The largest difference of chances for the first place, given the scores that Vowpal Wabbit has learnt."""
    actions = ["|a x:1", "|a y:1", "|a z:1", "|a x:0.5 y:0.5"]
    ways = (f"--cb_explore_adf {options}", "--cb_adf")
    explores, scorer = (workspace(f"{way} --cb_type ips --quiet --noconstant -q ::") for way in ways)
    for cost, action in ((-1.0, 0), (-0.2, 1), (-0.6, 2), (-1.0, 0)):
        example = ["shared |s b", *actions]
        example[1 + action] = f"0:{cost}:0.25 {actions[action]}"
        for peer in (explores, scorer):
            peer.learn(example)
    scores, chances = (np.array(peer.predict(["shared |s b", *actions])) for peer in (scorer, explores))
    order = np.argsort(scores, kind="stable")
    base = -scores[order].astype(np.float32)
    given = _candidates(np.zeros((len(order), 0)), base)
    ours = Explorer(policy, Slots(1, 1)).filling(given, generator=np.random.default_rng(0)).chances()
    return float(np.abs(ours - chances[order]).max())


if __name__ == "__main__":
    sys.exit(main())
