"""One task: every contender that can be run answers the same questions, first rightly, then fast, in turn.

Knows nothing of who the contenders are.
"""

from collections.abc import Sequence
from contextlib import ExitStack

from rich.progress import Progress

from benchmarks.h2load import LoadError
from benchmarks.measure import Row, WrongAnswerError, summarise
from benchmarks.serve import LOGS
from benchmarks.serving_peers.contender import AbsentError, Contender, running
from benchmarks.serving_peers.question import Answer, Question
from benchmarks.serving_peers.side import Side

RUNS = 5


def hold(
    task: str,
    contenders: Sequence[Contender],
    questions: Sequence[Question],
    exact: Sequence[Answer],
    progress: Progress,
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
            except (AbsentError, WrongAnswerError, LoadError) as error:
                progress.console.print(f"peers: {task}: {contender.name} skipped: {error}", markup=False)
        for _ in progress.track(range(1 + RUNS), description=f"peers: {task}, {RUNS} runs after a warm-up"):
            for side in sides:
                side.run(questions)
    return rows(task, sides)


def _side(
    task: str, contender: Contender, questions: Sequence[Question], exact: Sequence[Answer], stack: ExitStack
) -> Side:
    name = f"peers_{task}_{contender.name}".partition(" (")[0].replace(" ", "_")
    server = stack.enter_context(running(contender, questions[0], log=LOGS / f"{name}.log"))
    side = Side(contender, server)
    side.check(questions, exact)
    return side


def rows(task: str, sides: Sequence[Side]) -> list[Row]:
    """Recall, calls a second and processor time of each side, and the first side's ratio to each other one."""
    first, others = sides[0], sides[1:]
    found: list[Row] = []
    for side in sides:
        name = side.contender.name
        found.append(summarise(f"peers, {task}: {name}: recall@10", [side.recall], unit="of exact"))
        found.append(summarise(f"peers, {task}: {name}: throughput", side.rates[1:], unit="calls/s"))
        found.append(summarise(f"peers, {task}: {name}: server CPU", side.processor_us[1:], unit="us a call"))
    for side in others:
        name = f"peers, {task}: {first.contender.name} ÷ {side.contender.name}"
        found.append(summarise(f"{name}: throughput", first.rates[1:], unit="calls/s", baselines=side.rates[1:]))
        found.append(
            summarise(f"{name}: server CPU", first.processor_us[1:], unit="us a call", baselines=side.processor_us[1:])
        )
    return found
