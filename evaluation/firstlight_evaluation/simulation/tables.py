"""The simulated month as tables. Knows nothing of files or drawing."""

from collections.abc import Sequence

from firstlight_evaluation.bootstrap import Interval
from firstlight_evaluation.report.layout import NOTHING_TO_SAY, Cell, Table
from firstlight_evaluation.simulation.budgets import Trade
from firstlight_evaluation.simulation.competitor import THOMPSON
from firstlight_evaluation.simulation.gradient_study import PolicyValue
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
            f"Clicks in a thousand visits over a month, mean of {len(outcome.seeds)} seeds of {outcome.visits:,.0f} "
            "visits each with 95 % bootstrap intervals over seeds; leads are paired, strong where they exclude zero."
        ),
    )


def trade_table(trades: Sequence[Trade]) -> Table:
    """What each budget buys and costs."""
    return Table(
        title="What exploration costs",
        heads=tuple(Cell(head) for head in ("policy", "places", "new items", "all items, against the ranking alone")),
        rows=tuple(_trade_cells(one) for one in trades),
        note=(
            f"Clicks in a thousand visits over a month, mean of {len(trades[0].new)} seeds with 95 % bootstrap "
            "intervals over seeds. Where no place is kept for new items they stand against the ranking for any."
        ),
    )


def _trade_cells(one: Trade) -> tuple[Cell, ...]:
    slots = one.setting.slots
    begins = "" if slots.first_place == 1 else f", from place {slots.first_place} on"
    named = f"any {slots.most}, {slots.most_new} of them new{begins}"
    if slots.new_places:
        named = f"{' and '.join(map(str, slots.new_places))}, kept for new items"
    new = one.intervals["new"]
    return (
        Cell(one.setting.policy_name),
        Cell(named),
        Cell(f"{new.value:.1f}", f"{new.low:.1f}–{new.high:.1f}"),
        _lead(one.intervals["overall"]),
    )


def gradient_table(values: Sequence[PolicyValue]) -> Table:
    """The policy before and after tuning on logged rewards, by truth and by estimate."""
    estimators = [estimate.estimator for estimate in values[0].estimates]
    heads = ("policy", "truth", "gain", *estimators, "effective rows", "warnings")
    return Table(
        title="Tuning the tower on logged rewards",
        heads=tuple(Cell(head) for head in heads),
        rows=tuple(_value_cells(value) for value in values),
        note=(
            "Clicks in a thousand new items shown to held-out visitors, one at a time in proportion to exp(score). "
            "Gain: against the policy that logged, 95 % bootstrap interval over visitors, strong where it excludes "
            "zero. The estimates are from the logging policy's log of these visitors, with bootstrap intervals."
        ),
    )


def _value_cells(value: PolicyValue) -> tuple[Cell, ...]:
    estimates = [
        Cell(f"{1000 * one.value:.2f}", f"{1000 * one.bootstrap.low:.2f}–{1000 * one.bootstrap.high:.2f}")
        for one in value.estimates
    ]
    gain = Interval(*(1000 * side for side in (value.gain.value, value.gain.low, value.gain.high)))
    told = "; ".join(warning.name.lower().replace("_", " ") for warning in value.overlap.warnings)
    gained = Cell(f"{gain.value:+.2f}", f"{gain.low:+.2f} to {gain.high:+.2f}", strong=gain.excludes_zero)
    effective = Cell(f"{value.overlap.effective_rows:,.0f}")
    return (Cell(value.policy), Cell(f"{1000 * value.truth:.2f}"), gained, *estimates, effective, Cell(told))


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
