"""What exploration costs: a page of each policy, learning, and a restart, on one thread of this machine.

``python -m benchmarks.exploration.cost [--data-dir DIR]``; with snapshots, whole answers with and without an experiment
too. Medians of interleaved rounds of processor time, which other programs do not lengthen much; every posterior and log
is made up.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from firstlight_encoder.exploration import (
    Candidates,
    EpsilonGreedy,
    Explorer,
    FeatureMap,
    Greedy,
    LinUcb,
    Posterior,
    Projection,
    Slots,
    Softmax,
    Thompson,
)
from firstlight_encoder.tokens import TokenType
from firstlight_server.exploration.arm import Arm
from firstlight_server.exploration.arm_settings import ArmSettings
from firstlight_server.exploration.context import ShownFeatures
from firstlight_server.exploration.experiment_settings import ExperimentSettings
from firstlight_server.exploration.experiments import Experiment
from firstlight_server.exploration.learner import Learner
from firstlight_server.exploration.trial import Trial
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_server.logs import json_logger
from firstlight_server.query import Event, RecommendQuery
from firstlight_server.question import Newcomer
from firstlight_store import SnapshotStore
from firstlight_store.event_log import EventLog, Impression, LoggedEvent, Shown

PAGE, CANDIDATES, NEW = 10, 60, 10
ROUNDS = 9
_US = 1e6


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    arguments = parser.parse_args()
    _show("a page of 10 of 60 candidates, us", _interleaved(_pages(), repeat=300))
    _show("learning 10 shown items, us", _interleaved(_updates(), repeat=300))
    with tempfile.TemporaryDirectory() as folder:
        _show("the event log", _learning(Path(folder)))
    if arguments.data_dir:
        for explores in (False, True):
            started_s = time.process_time()
            snapshot = load(SnapshotStore(arguments.data_dir).open(), Loading(min_recall=0.0, explores=explores))
            sys.stdout.write(f"loaded, explores={explores}: {time.process_time() - started_s:.2f} s\n")
            if explores:
                _show("an answer from one event, us", _interleaved(_answers(snapshot), repeat=100))
            snapshot.close()


def _show(title: str, values: Mapping[str, float]) -> None:
    sys.stdout.write(f"\n{title}\n")
    for name, value in values.items():
        sys.stdout.write(f"  {name:32} {value:12,.1f}\n")


def _interleaved(works: Mapping[str, Callable[[], object]], *, repeat: int) -> dict[str, float]:
    """Microseconds a call of each, the median over rounds that take turns."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            started_s = time.process_time()
            for _ in range(repeat):
                work()
            taken[name].append((time.process_time() - started_s) / repeat * _US)
    return {name: median(values) for name, values in taken.items()}


def _known() -> FeatureMap:
    vectors = np.random.default_rng(0).standard_normal((3_000, 128)).astype(np.float32)
    return FeatureMap(Projection.fit(vectors))


def _posterior(known: FeatureMap) -> Posterior:
    before = Posterior.before_feedback(known.prior(score_weight=0.1, precision=1.0), fingerprint=known.fingerprint)
    generator = np.random.default_rng(1)
    return before.updated(generator.standard_normal((500, known.dimension)), generator.random(500))


def _pages() -> dict[str, Callable[[], object]]:
    known, generator = _known(), np.random.default_rng(2)
    vectors = generator.standard_normal((CANDIDATES, 128)).astype(np.float32)
    base = np.sort(generator.normal(size=CANDIDATES))[::-1].astype(np.float32)
    is_new = np.arange(CANDIDATES) >= CANDIDATES - NEW
    given = Candidates(np.arange(CANDIDATES), base, known.features(vectors, base, is_new), is_new)
    posterior = _posterior(known)
    works: dict[str, Callable[[], object]] = {"features": lambda: known.features(vectors, base, is_new)}
    for policy in (Greedy(), EpsilonGreedy(), Softmax(), Thompson(), LinUcb()):
        for most in (2, PAGE):
            explorer = Explorer(policy, Slots(most, most))
            works[f"{policy.name}, {most} slots"] = partial(
                explorer.page, given, count=PAGE, generator=generator, posterior=posterior
            )
    return works


def _updates() -> dict[str, Callable[[], object]]:
    posterior, generator = _posterior(_known()), np.random.default_rng(3)
    features, rewards = generator.standard_normal((PAGE, posterior.dimension)), generator.random(PAGE)
    return {
        "sums": lambda: posterior.updated(features, rewards),
        "sums, then a page's mean and spread": lambda: posterior.updated(features, rewards).mean,
    }


def _learning(folder: Path) -> dict[str, float]:
    """Reads a made-up log of 2,000 answers to 1,000 users and 2,000 events, keeps it, and starts again."""
    log, now_s, answers = EventLog(f"sqlite:///{folder / 'events.db'}"), time.time(), 2_000
    generator = np.random.default_rng(4)
    features = generator.standard_normal((PAGE, 19)).astype(np.float32)
    context = ShownFeatures("0123456789abcdef", features).to_bytes()
    for start in range(0, answers, 500):
        numbers = range(start, start + 500)
        items = {number: generator.choice(3_000, PAGE, replace=False) for number in numbers}
        log.show([("shop", _impression(number, items[number].tolist(), now_s - 1_000, context)) for number in numbers])
        log.record([("shop", [_event(number, int(items[number][0]), now_s) for number in numbers])])
    logger = json_logger("error", stream=io.StringIO())
    learner = Learner(_experiment(), log, logger=logger)
    started_s = time.process_time()
    while learner.learn():
        pass
    learnt_s = time.process_time() - started_s
    started_s = time.process_time()
    learner.keep()
    kept_s = time.process_time() - started_s
    log.record([("shop", [_event(answers + number, 1, now_s) for number in range(100)])])
    started_s = time.process_time()
    again = Learner(_experiment(), log, logger=logger)
    again.learn()
    restarted_s = time.process_time() - started_s
    log.close()
    return {
        "answers and events learnt a second": 2 * answers / learnt_s,
        "keeping, ms": kept_s * 1e3,
        "restart and 100 events, ms": restarted_s * 1e3,
    }


def _impression(number: int, items: list[int], at_s: float, context: bytes) -> Impression:
    shown = tuple(Shown(f"i{item}", 0.5, True) for item in items)
    return Impression(f"r{number}", f"u{number % 1_000}", at_s, "s", "bold", "thompson", shown, context)


def _event(number: int, item: int, at_s: float) -> LoggedEvent:
    return LoggedEvent(f"e{number}", f"u{number % 1_000}", f"i{item}", "view", at_s, request_id=f"r{number}")


def _experiment() -> Experiment:
    arms = [{"name": "bold", "policy": "thompson", "share": 1.0}]
    return Experiment("shop", ExperimentSettings.model_validate({"arms": arms}))


def _answers(snapshot: LoadedSnapshot) -> dict[str, Callable[[], object]]:
    def answer(arm: Arm | None) -> None:
        trial = None if arm is None else Trial(arm, np.random.default_rng(5))
        query = RecommendQuery(events=(Event(item_id, TokenType.PURCHASE),), trial=trial)
        newcomer = Newcomer(query, snapshot.reader.read(query, now_s=time.time()))
        snapshot.recommender.recommend([newcomer], texts={})

    item_id = snapshot.snapshot.items().ids[7]
    arms = {
        policy: Arm(ArmSettings.model_validate({"name": "a", "policy": policy, "share": 1.0}))
        for policy in ("epsilon_greedy", "softmax", "thompson", "linucb")
    }
    works: dict[str, Callable[[], object]] = {"no experiment": lambda: answer(None)}
    return works | {name: partial(answer, arm) for name, arm in arms.items()}


if __name__ == "__main__":
    main()
