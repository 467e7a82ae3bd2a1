"""Our off-policy estimators beside Open Bandit Pipeline's, on the same rows: they agree to 1e-9, or this fails.

Source: https://github.com/st-tech/zr-obp, version 0.4.1. Run as ``python -m benchmarks.peers.off_policy`` in its own
environment, with ``indexer/`` on PYTHONPATH: ours needs NumPy alone.
"""

# pyright: reportMissingModuleSource=false
# obp is installed in the peer's own environment only.

import csv
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from obp.ope import (
    DirectMethod,
    DoublyRobust,
    InverseProbabilityWeighting,
    SelfNormalizedInverseProbabilityWeighting,
    SwitchDoublyRobust,
)

from firstlight_indexer.ope import Ratio, Rounds, direct, doubly_robust, ips, snips, switch_dr

Theirs: TypeAlias = (
    InverseProbabilityWeighting
    | SelfNormalizedInverseProbabilityWeighting
    | DirectMethod
    | DoublyRobust
    | SwitchDoublyRobust
)
TOLERANCE = 1e-9
THRESHOLDS = (0.0, 0.5, 2.0, 100.0)


class Log(NamedTuple):
    """Rows, ``(n,)`` each, with ``(n, actions, 1)`` chances and guesses of every action."""

    name: str
    actions: NDArray[np.int64]
    rewards: NDArray[np.float64]
    propensities: NDArray[np.float64]
    chances: NDArray[np.float64]
    guesses: NDArray[np.float64]


def main() -> None:
    """Prints a line an estimator and a log; ends with 1 if any two differ."""
    differences = [difference for log in _logs() for difference in _differences(log)]
    worst = max(differences)
    sys.stdout.write(f"{len(differences)} pairs, greatest difference {worst:.1e}, allowed {TOLERANCE:.0e}\n")
    sys.exit(worst > TOLERANCE)


def _differences(log: Log) -> Iterator[float]:
    rows = np.arange(len(log.actions))
    rounds = Rounds(
        rewards=log.rewards,
        propensities=log.propensities,
        target=log.chances[rows, log.actions, 0],
        units=rows,
        predicted=log.guesses[rows, log.actions, 0],
        expected=(log.chances * log.guesses).sum(axis=1)[:, 0],
    )
    for name, ours, theirs in _pairs(rounds):
        their_value = float(
            theirs.estimate_policy_value(
                reward=log.rewards,
                action=log.actions,
                pscore=log.propensities,
                action_dist=log.chances,
                estimated_rewards_by_reg_model=log.guesses,
                position=np.zeros(len(rows), dtype=int),
            )
        )
        sys.stdout.write(f"{log.name:24} {name:16} ours {ours:.12f}  obp {their_value:.12f}\n")
        yield abs(ours - their_value)


def _pairs(rounds: Rounds) -> Iterator[tuple[str, float, Theirs]]:
    plain: list[tuple[str, Callable[[Rounds], Ratio], Theirs]] = [
        ("IPS", ips, InverseProbabilityWeighting()),
        ("SNIPS", snips, SelfNormalizedInverseProbabilityWeighting()),
        ("DM", direct, DirectMethod()),
        ("DR", doubly_robust, DoublyRobust()),
    ]
    for name, ours, theirs in plain:
        yield name, ours(rounds).value, theirs
    for threshold in THRESHOLDS:
        ours_switched = switch_dr(rounds, threshold=threshold).value
        yield f"Switch-DR {threshold:g}", ours_switched, SwitchDoublyRobust(tau=threshold)


def _logs() -> Iterator[Log]:
    for seed in range(3):
        random = np.random.default_rng(seed)
        shape = (2_000, 10, 1)
        logging = random.dirichlet(np.ones(shape[1]), shape[0])
        actions = np.array([random.choice(shape[1], p=row) for row in logging])
        chances = random.dirichlet(np.ones(shape[1]), shape[0])[:, :, None]
        rewards = random.random(shape[0]).round()
        yield Log(
            f"made up, seed {seed}",
            actions,
            rewards,
            logging[np.arange(shape[0]), actions],
            chances,
            random.random(shape),
        )
    for campaign in ("all", "men", "women"):
        yield _open_bandit(campaign)


def _open_bandit(campaign: str) -> Log:
    """The random policy's log, for a made-up policy: what is compared is arithmetic on real rows."""
    place = find_spec("obp")
    if place is None or place.origin is None:
        raise SystemExit("obp is not installed here: run it with .venv-obp/bin/python (make ope)")
    path = Path(place.origin).parent / "dataset" / "obd" / "random" / campaign / f"{campaign}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    actions = np.array([int(row["item_id"]) for row in rows])
    random = np.random.default_rng(0)
    shape = (len(rows), int(actions.max()) + 1, 1)
    return Log(
        f"Open Bandit, {campaign}",
        actions,
        np.array([float(row["click"]) for row in rows]),
        np.array([float(row["propensity_score"]) for row in rows]),
        random.dirichlet(np.ones(shape[1]), shape[0])[:, :, None],
        random.uniform(0, 0.01, shape),
    )


if __name__ == "__main__":
    main()
