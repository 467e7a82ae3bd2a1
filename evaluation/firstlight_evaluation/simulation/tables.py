"""The simulated month as tables. Knows nothing of files or drawing."""

from firstlight_evaluation.bootstrap import Interval
from firstlight_evaluation.report.layout import NOTHING_TO_SAY, Cell, Table
from firstlight_evaluation.simulation.competitor import THOMPSON
from firstlight_evaluation.simulation.study import RANKING_ALONE, Outcome


def outcome_table(outcome: Outcome) -> Table:
    """Every policy, best on new items first, and how far Thompson sampling is ahead."""
    heads = ("policy", "new items", "Thompson's lead", "ahead in", "all items", "Thompson's lead on all")
    ordered = sorted(outcome.played, key=lambda name: -float(outcome.played[name].month.mean()))
    return Table(
        title=f"A simulated month: {outcome.domain}",
        heads=tuple(Cell(head) for head in heads),
        rows=tuple(_cells(outcome, name) for name in ordered),
        note=(
            f"Clicks in a thousand visits over a month, mean of {len(outcome.seeds)} seeds of {outcome.visits:,.0f} visits "
            "each with 95 % bootstrap intervals over seeds; leads are paired, strong where the interval excludes zero."
        ),
    )


def _cells(outcome: Outcome, name: str) -> tuple[Cell, ...]:
    mean = float(outcome.played[name].overall.mean())
    if name == THOMPSON:
        leads = (Cell(NOTHING_TO_SAY), Cell(NOTHING_TO_SAY), Cell(f"{mean:,.1f}"), Cell(NOTHING_TO_SAY))
    else:
        ahead = Cell(f"{outcome.lead_share(name):.0%} of seeds")
        leads = (_lead(outcome.lead(name)), ahead, Cell(f"{mean:,.1f}"), _lead(outcome.lead(name, overall=True)))
    if name == RANKING_ALONE:
        return (Cell(name), Cell("0"), Cell(NOTHING_TO_SAY), Cell(NOTHING_TO_SAY), *leads[2:])
    interval = outcome.interval(name)
    return (Cell(name), Cell(f"{interval.value:.1f}", f"{interval.low:.1f}–{interval.high:.1f}"), *leads)


def _lead(interval: Interval) -> Cell:
    return Cell(f"{interval.value:+.1f}", f"{interval.low:+.1f} to {interval.high:+.1f}", strong=interval.excludes_zero)
