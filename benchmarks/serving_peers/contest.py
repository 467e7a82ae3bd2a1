"""One task: every contender that can be run answers the same questions, first rightly, then fast, in turn.

Knows nothing of who the contenders are.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from rich.progress import Progress

from benchmarks.measure import Row, WrongAnswerError, summarise
from benchmarks.serve import LOGS
from benchmarks.serving_peers.agreement import agreed_recall
from benchmarks.serving_peers.contender import AbsentError, Contender, alone, running
from benchmarks.serving_peers.crowd import crowd
from benchmarks.serving_peers.process_tree import tree_processor_s
from benchmarks.serving_peers.question import Answer, Question
from examples.server_process import ServerProcess

RUNS = 5
SECONDS = 3.0
FEWEST_CALLS = 4
"""Of each caller in a run, however slow the contender."""


@dataclass
class Side:
    """One contender that answers rightly: calls a second and microseconds of processor time a call, a value a run."""

    contender: Contender
    server: ServerProcess
    recall: float
    calls_each: int = FEWEST_CALLS
    rates: list[float] = field(default_factory=list[float])
    processor_us: list[float] = field(default_factory=list[float])

    def run(self, questions: Sequence[Question]) -> None:
        """One run more, about as long as the others'."""
        wire, pid = self.contender.wire, self.server.pid
        bodies = [wire.body(question) for question in questions]
        before = tree_processor_s(pid)
        with alone(self.server):
            load = crowd(self.server.address, wire.path, bodies, options=wire.options, calls_each=self.calls_each)
        self.processor_us.append(1e6 * (tree_processor_s(pid) - before) / load.calls)
        self.rates.append(load.rate)
        self.calls_each = max(FEWEST_CALLS, round(load.rate * SECONDS / len(questions)))


def hold(
    task: str, contenders: Sequence[Contender], questions: Sequence[Question], exact: Sequence[Answer], progress: Progress
) -> list[Row]:
    """The rows of one task; the first contender is the one whose ratios are told.

    A peer that is not there, does not start or answers wrongly is left out, with a message.

    Raises:
        AbsentError: the first contender could not be started.
        WrongAnswerError: it answers wrongly.
        LoadError: a call was not answered.
    """
    with ExitStack() as stack:
        sides = [_side(task, contenders[0], questions, exact, stack)]
        for contender in contenders[1:]:
            try:
                sides.append(_side(task, contender, questions, exact, stack))
            except (AbsentError, WrongAnswerError) as error:
                progress.console.print(f"peers: {task}: {contender.name} skipped: {error}", markup=False)
        for _ in progress.track(range(2 + RUNS), description=f"peers: {task}, {RUNS} runs after two to warm up"):
            for side in sides:
                side.run(questions)
    return rows(task, sides)


def _side(
    task: str, contender: Contender, questions: Sequence[Question], exact: Sequence[Answer], stack: ExitStack
) -> Side:
    log = LOGS / f"peers_{task}_{contender.name.split(' (')[0].replace(' ', '_')}.log"
    server = stack.enter_context(running(contender, questions[0], log=log))
    with alone(server):
        answers = [contender.wire.ask(server.address, question) for question in questions]
    return Side(contender, server, agreed_recall(answers, exact))


def rows(task: str, sides: Sequence[Side]) -> list[Row]:
    """Recall, calls a second and processor time of each side, and the first side's ratio to each other one."""
    first, others = sides[0], sides[1:]
    found: list[Row] = []
    for side in sides:
        name = side.contender.name
        found.append(summarise(f"peers, {task}: {name}: recall@10", [side.recall], unit="of exact"))
        found.append(summarise(f"peers, {task}: {name}: throughput", side.rates[2:], unit="calls/s"))
        found.append(summarise(f"peers, {task}: {name}: server CPU", side.processor_us[2:], unit="us a call"))
    for side in others:
        name = f"peers, {task}: {first.contender.name} ÷ {side.contender.name}"
        found.append(summarise(f"{name}: throughput", first.rates[2:], unit="calls/s", baselines=side.rates[2:]))
        found.append(
            summarise(f"{name}: server CPU", first.processor_us[2:], unit="us a call", baselines=side.processor_us[2:])
        )
    return found
