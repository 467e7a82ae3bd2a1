"""One contender while it competes: its answers are checked under load first, then its runs are counted.

Knows nothing of the others.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import grpc

from benchmarks.measure import WrongAnswerError
from benchmarks.serving_peers.agreement import agreed_recall
from benchmarks.serving_peers.contender import Contender, alone
from benchmarks.serving_peers.crowd import Crowd, crowd
from benchmarks.serving_peers.process_tree import tree_processor_s
from benchmarks.serving_peers.question import Answer, Question
from examples.server_process import ServerProcess

SECONDS = 2.0
FEWEST_CALLS = 4
"""Of each caller in a run, however slow the contender."""

CHECKED_UNDER_LOAD = 4
BYTES_TOLERANCE = 0.02


@dataclass
class Side:
    """Calls a second and microseconds of processor time a call, a value a run; and what was checked before."""

    contender: Contender
    server: ServerProcess
    recall: float = 0.0
    bytes_a_call: float = 0.0
    calls_each: int = FEWEST_CALLS
    rates: list[float] = field(default_factory=list[float])
    processor_us: list[float] = field(default_factory=list[float])

    def check(self, questions: Sequence[Question], exact: Sequence[Answer]) -> None:
        """Asks all questions one by one, and a few again while everybody asks.

        Raises:
            WrongAnswerError: as `agreement.agreed_recall` says.
            LoadError: a call was not answered.
        """
        with alone(self.server), ThreadPoolExecutor(1) as beside:
            self.recall = agreed_recall(self._answers(questions), exact)
            load = beside.submit(self._load, questions)
            agreed_recall(self._answers(questions[:CHECKED_UNDER_LOAD]), exact[:CHECKED_UNDER_LOAD])
        self._settle(load.result(), questions)
        self.bytes_a_call = load.result().bytes_a_call

    def run(self, questions: Sequence[Question]) -> None:
        """One run more, about as long as the others'.

        Raises:
            WrongAnswerError: the answers are not as long as those that were checked.
            LoadError: a call was not answered.
        """
        before = tree_processor_s(self.server.pid)
        with alone(self.server):
            load = self._load(questions)
        self.processor_us.append(1e6 * (tree_processor_s(self.server.pid) - before) / load.calls)
        self.rates.append(load.rate)
        if abs(load.bytes_a_call / self.bytes_a_call - 1) > BYTES_TOLERANCE:
            name = self.contender.name
            raise WrongAnswerError(f"{name}: {load.bytes_a_call:.0f} bytes an answer, not {self.bytes_a_call:.0f}")
        self._settle(load, questions)

    def _answers(self, questions: Sequence[Question]) -> list[Answer]:
        try:
            return [self.contender.wire.ask(self.server.address, question) for question in questions]
        except (OSError, grpc.RpcError) as error:
            raise WrongAnswerError(f"{self.contender.name} did not answer: {error}") from error

    def _load(self, questions: Sequence[Question]) -> Crowd:
        wire = self.contender.wire
        bodies = [wire.body(question) for question in questions]
        return crowd(self.server.address, wire.path, bodies, options=wire.options, calls_each=self.calls_each)

    def _settle(self, load: Crowd, questions: Sequence[Question]) -> None:
        self.calls_each = max(FEWEST_CALLS, round(load.rate * SECONDS / len(questions)))
