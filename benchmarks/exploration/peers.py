"""Holds our policies against MABWiser's and Vowpal Wabbit's on the same observations.

LinUCB's bounds and choices, ridge regression's means, Thompson sampling's spread and choices, the terms of items and
the closed forms of epsilon-greedy and softmax have to agree. ``make explore-peers`` runs it in the peers' own
environment and writes what was found; it ends with 1 where anything differs.

Sources: https://github.com/fidelity/mabwiser, https://github.com/VowpalWabbit/vowpal_wabbit.
"""

# pyright: reportMissingImports=false
# the peers are installed in their own environment only

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.exploration.choices import MABWISER, Comparison, Matrix, choices
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

WIDTH, OBSERVED, ASKED, ITEMS = 8, 500, 40, 6
PRECISION, ITEM_PRECISION = 1.5, 4.0
_ERRORS = 6.0
"""Standard errors by which sampled moments may differ."""


def main() -> int:
    """Compares, prints a line each and writes a report; returns 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/explore-peers.json"))
    out: Path = parser.parse_args().out
    try:
        mab, workspace = import_module("mabwiser.mab"), import_module("vowpalwabbit").Workspace
    except ImportError as error:
        raise SystemExit(f"{error}: run it by make explore-peers, which installs what it compares with") from error
    found = [*_model(mab), *choices(mab), *_chances(workspace)]
    for one in found:
        verdict = "agrees" if one.agrees else "DIFFERS"
        sys.stdout.write(f"{verdict}  {one.what}, {one.peer}: {one.difference:.2g}, allowed {one.allowed:.2g}\n")
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = [one._asdict() | {"agrees": one.agrees} for one in found]
    out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"wrote {out}\n")
    return int(not all(one.agrees for one in found))


def _model(mab: Any) -> list[Comparison]:
    """Bounds, means and deviations of one model, without and with terms of items."""
    generator = np.random.default_rng(0)
    features = generator.standard_normal((OBSERVED, WIDTH))
    rewards = (features @ generator.standard_normal(WIDTH) + generator.normal(size=OBSERVED) > 0).astype(float)
    asked = generator.standard_normal((ASKED, WIDTH)).astype(np.float32).astype(np.float64)
    items = tuple(f"i{one}" if one else "" for one in generator.integers(ITEMS, size=OBSERVED).tolist())
    whose = tuple(f"i{one}" if one else "" for one in generator.integers(ITEMS + 2, size=ASKED).tolist())
    found: list[Comparison] = []
    for name, of, about in (("", (), ()), (" with terms of items", items, whose)):
        prior = Prior(np.zeros(WIDTH), PRECISION, ITEM_PRECISION if of else np.inf)
        posterior = Posterior.before_feedback(prior, fingerprint="").updated(features, rewards, items=of)
        # to a peer an item's term is a column, scaled so that the peer's one precision is the term's own
        theirs = (np.hstack([features, _columns(of)]), np.hstack([asked, _columns(about)])) if of else (features, asked)
        own = _candidates(asked, remembered=about)
        means, deviations = _moments(mab, posterior, own, theirs, rewards)
        found += [
            Comparison(f"LinUCB's bounds{name}", MABWISER, _bounds(mab, posterior, own, theirs, rewards), 1e-8),
            Comparison(f"Thompson's means{name}, in standard errors", MABWISER, means, _ERRORS),
            Comparison(f"Thompson's deviations{name}, relative", MABWISER, deviations, 0.05),
        ]
    return found


def _chances(workspace: Any) -> list[Comparison]:
    greedy, softmax = EpsilonGreedy(0.3), Softmax(0.5)
    peer = "Vowpal Wabbit"
    return [
        Comparison("epsilon-greedy's chances", peer, _closed_form(workspace, "--epsilon 0.3", greedy), 1e-6),
        Comparison("softmax's chances", peer, _closed_form(workspace, "--softmax --lambda 2", softmax), 1e-6),
    ]


def _columns(items: tuple[str, ...]) -> Matrix:
    """``(n, ITEMS + 2)``, one column an item."""
    columns = np.array([[one == f"i{number}" for number in range(1, ITEMS + 3)] for one in items], np.float64)
    return np.asarray(columns * np.sqrt(PRECISION / ITEM_PRECISION), np.float64)


def _candidates(
    features: Matrix, base: NDArray[np.float32] | None = None, *, remembered: tuple[str, ...] = ()
) -> Candidates:
    count = len(features)
    scores = np.zeros(count, np.float32) if base is None else base
    return Candidates(np.arange(count), scores, features.astype(np.float32), np.zeros(count, np.bool_), remembered)


def _bounds(mab: Any, posterior: Posterior, own: Candidates, theirs: tuple[Matrix, Matrix], rewards: Matrix) -> float:
    observed, asked = theirs
    peer = mab.MAB(["a"], mab.LearningPolicy.LinUCB(alpha=0.7, l2_lambda=PRECISION))
    peer.fit(["a"] * len(rewards), rewards, observed)
    bounds = np.array([one["a"] for one in peer.predict_expectations(asked)])
    votes = LinUcb(alpha=0.7).preferences(own, posterior, np.random.default_rng(0))
    assert isinstance(votes, Votes)
    return float(np.abs(votes.scores[0] - bounds).max())


def _moments(
    mab: Any, posterior: Posterior, own: Candidates, theirs: tuple[Matrix, Matrix], rewards: Matrix
) -> tuple[float, float]:
    """How far means, in standard errors, and deviations, relative, are apart over many draws of every asked score."""
    draws, (observed, asked) = 10_000, theirs
    peer = mab.MAB(["a"], mab.LearningPolicy.LinTS(alpha=0.5, l2_lambda=PRECISION), seed=3)
    peer.fit(["a"] * len(rewards), rewards, observed)
    told = peer.predict_expectations(np.tile(asked, (draws, 1)))
    drawn = np.array([one["a"] for one in told]).reshape(draws, len(asked))
    votes = Thompson(scale=0.5, draws=draws).preferences(own, posterior, np.random.default_rng(1))
    assert isinstance(votes, Votes)
    ours = np.asarray(votes.scores, np.float64)
    error = np.sqrt((ours.var(axis=0) + drawn.var(axis=0)) / draws)
    means = np.abs(ours.mean(axis=0) - drawn.mean(axis=0)) / error
    return float(means.max()), float(np.abs(ours.std(axis=0) / drawn.std(axis=0) - 1).max())


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
