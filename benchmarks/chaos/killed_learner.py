"""R8: workers that learn from feedback are killed again and again; in the end an arm knows what the log says, once.

Knows nothing of how an arm learns.
"""

import io
import random
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.killed_server import KilledServer, Place, place
from benchmarks.chaos.shoppers import Shoppers
from firstlight_server.exploration.arm import Arm
from firstlight_server.exploration.experiment_settings import read_experiments
from firstlight_server.exploration.experiments import Experiment
from firstlight_server.exploration.known_arm import KnownArm
from firstlight_server.exploration.learner import Learner
from firstlight_server.logs import json_logger
from firstlight_store.event_log import EventLog

_NEGATIVE_AFTER_S = 0.5
_EXPERIMENTS = f"""[default]
name = "kills"
negative_after_s = {_NEGATIVE_AFTER_S}
arms = [{{name = "bold", policy = "thompson", share = 1.0}}]
"""


@dataclass(frozen=True)
class KilledLearner:
    """A round kills the server or one of its workers, once enough was bought, and it is started again.

    Attributes:
        database: "sqlite" or "postgresql".
        workers: of the server, each of which learns.
        rounds: kills of a nightly run.
        purchases: acknowledged before each.
        settled_s: until the last page has brought what it will, and every worker has learnt it.
    """

    database: str
    workers: int = 2
    rounds: int = 100
    purchases: int = 25
    settled_s: float = 3.0

    @property
    def id(self) -> str:
        """As in the table, with the database."""
        return f"R8-{self.database}"

    @property
    def title(self) -> str:
        """What is done."""
        return f"SIGKILL a server of {self.workers} workers that learn, or one, while 8 callers shop ({self.database})"

    def run(self, rounds: int, seed: int) -> Outcome:
        """What the workers kept in the end must be what one that never died learns from the same log."""
        with place(self.database) as where:
            file = where.key_file.with_name("experiments.toml")
            file.write_text(_EXPERIMENTS, encoding="utf-8")
            kept: dict[str, object] = {"events_url": where.url, "events_key_file": where.key_file, "experiments": file}
            server = KilledServer(where.data_dir, kept, self.workers, self.purchases, random.Random(seed))
            shoppers = Shoppers(server.target)
            with shoppers.writing():
                for _ in server.kill(rounds, shoppers):
                    if shoppers.are_at_rest:
                        time.sleep(self.settled_s)  # then it is stopped, and keeps what it knows
            return _judged(where, file, shoppers, server)


class _Unlearnt(EventLog):
    """The log as one who never learnt from it reads it."""

    def state(self, tenant: str, name: str) -> None:
        """Nothing was kept."""


def _judged(where: Place, file: Path, shoppers: Shoppers, server: KilledServer) -> Outcome:
    experiment = Experiment("default", read_experiments(file)["default"])
    with closing(_Unlearnt(where.url)) as log:
        learner = Learner(experiment, log, logger=json_logger("error", stream=io.StringIO()))
        while learner.learn():
            pass
    whole, survived = learner.arms["bold"], KnownArm(Arm(experiment.settings.arms[0]), learner.arms["bold"].half_life_s)
    with closing(EventLog(where.url)) as log:
        state = log.state("default", "arm/bold")
    if state is not None:
        survived.restore(state[1])
    failures = unmet(
        calls=(not shoppers.failures, f"refused: {shoppers.failures[:3]}"),
        learns=(whole.rewards > 0, "nothing could be learnt"),
        counts=(
            (survived.lessons, survived.events, survived.shown) == (whole.lessons, whole.events, whole.shown),
            f"{survived.lessons} lessons up to {survived.events}, {survived.shown}; "
            f"{whole.lessons} up to {whole.events}, {whole.shown} are in the log",
        ),
        rewards=(bool(np.isclose(survived.rewards, whole.rewards)), f"{survived.rewards}, not {whole.rewards}"),
        posterior=(_alike(survived, whole), "the survivors know something else than the log says"),
    )
    figures = {
        "purchases": shoppers.written, "lessons": whole.lessons, "rewards": whole.rewards,
        "lessons beside those of the log": survived.lessons - whole.lessons,
        "kills of the whole server": server.killed_whole,
    }  # fmt: skip
    return Outcome(rounds=server.killed, failures=failures, figures=figures)


def _alike(one: KnownArm, other: KnownArm) -> bool:
    mine, theirs = one.arm.posteriors, other.arm.posteriors
    return mine.keys() == theirs.keys() and all(
        np.allclose(mine[key].gram, theirs[key].gram) and np.allclose(mine[key].moment, theirs[key].moment)
        for key in mine
    )
