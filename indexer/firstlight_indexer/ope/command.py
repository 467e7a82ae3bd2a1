"""``firstlight-indexer ope``: what arms and policies are worth, by the event log. Prints; decides nothing."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from firstlight_indexer.errors import FeedbackError
from firstlight_indexer.ope.feedback_log import read_feedback
from firstlight_indexer.ope.feedback_report import FeedbackReport, report_feedback
from firstlight_indexer.ope.reward_rules import DEFAULT_WINDOW_S, RewardRules
from firstlight_indexer.ope.targets import Target
from firstlight_store.event_log import EventLog

ARMS_ALONE = "arm"


def command(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    events_url: Annotated[str, typer.Option(help="The event log, as the server's events_url names it.")],
    tenant: Annotated[str, typer.Option(help="Whose log.")] = "default",
    target: Annotated[
        str, typer.Option(help="A policy to evaluate: greedy, softmax; or arm, for the arms alone.")
    ] = Target.GREEDY.value,
    reward: Annotated[
        list[str] | None, typer.Option(help="TYPE=NUMBER: what an event is worth; repeat it. Default: purchase=1.")
    ] = None,
    window_s: Annotated[
        float, typer.Option(help="How long after an answer its items may still earn.")
    ] = DEFAULT_WINDOW_S,
    temperature: Annotated[float | None, typer.Option(help="Of softmax, in the unit of the rewards.")] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Estimate from the event log what each arm, and a policy that was never shown, earn per shown item.

    Example: firstlight-indexer ope --events-url sqlite:///events.db --reward view=0.1 --reward purchase=1
    """
    chosen = _target(target)
    rules = RewardRules.parse(reward or ["purchase=1"], window_s=window_s)
    log = EventLog(events_url, makes=False)
    try:
        feedback = read_feedback(log, tenant, rules=rules)
    finally:
        log.close()
    report = report_feedback(feedback, tenant=tenant, target=chosen, temperature=temperature, seed=seed)
    if as_json:
        sys.stdout.write(report.json() + "\n")
    else:
        _show(report)


def _target(name: str) -> Target | None:
    if name == ARMS_ALONE:
        return None
    try:
        return Target(name)
    except ValueError as error:
        known: Sequence[str] = [*Target, ARMS_ALONE]
        raise FeedbackError(f"there is no target {name!r}; there are {', '.join(known)}") from error


def _show(report: FeedbackReport) -> None:
    console = Console(highlight=False)
    console.print(
        f"{report.tenant}: {report.answers:,} answers to {report.users:,} users, {report.shown:,} items shown, "
        f"{report.attributed:,} events followed ({report.unattributed:,} name an answer that did not show their item)"
    )
    for table in report.tables():
        console.print(table)
