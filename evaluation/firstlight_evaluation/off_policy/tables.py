"""The studies of off-policy evaluation as tables. Knows nothing of files or drawing."""

from collections.abc import Iterator, Sequence

from firstlight_evaluation.off_policy.bandit_study import Comparison
from firstlight_evaluation.off_policy.coverage_study import Coverage
from firstlight_evaluation.report.layout import NOTHING_TO_SAY, Cell, Table
from firstlight_indexer.ope import Bounds, Estimate, Estimator

JUDGED = (Estimator.IPS, Estimator.SNIPS, Estimator.DOUBLY_ROBUST, Estimator.SWITCH_DR)
"""Whose intervals tell the whole of what is not known; DM's knows nothing of its model's error."""


def comparison_tables(comparisons: Sequence[Comparison]) -> list[Table]:
    """One table a campaign."""
    campaigns = dict.fromkeys(one.campaign for one in comparisons)
    return [_campaign_table(name, [one for one in comparisons if one.campaign == name]) for name in campaigns]


def coverage_table(rows: Sequence[Coverage]) -> Table:
    """A known truth: how far off, and how often covered."""
    heads = (
        "policy",
        "rows",
        "estimator",
        "truth",
        "bias",
        "RMSE",
        "normal",
        "bootstrap",
        "Bernstein",
        "ESS",
        "warned",
    )
    return Table(
        title="A simulator whose truth is known",
        heads=tuple(Cell(head) for head in heads),
        rows=tuple(_coverage_cells(row) for row in rows),
        note=(
            "Normal, bootstrap, Bernstein: the share of logs in which the 95 % interval holds the truth. ESS: "
            "effective rows. Warned: the share of logs whose overlap is told to be poor. DM's intervals know nothing "
            "of its model's error, and its model is wrong on purpose: it knows items, not newcomers."
        ),
    )


def _campaign_table(name: str, comparisons: Sequence[Comparison]) -> Table:
    heads = ("policy", "logged by", "estimator", "estimate", "normal", "Bernstein", "own rate", "covers", "ESS")
    return Table(
        title=f"Open Bandit Dataset, campaign {name}",
        heads=tuple(Cell(head) for head in heads),
        rows=tuple(cells for one in comparisons for cells in _comparison_cells(one)),
        note=(
            "Clicks in a thousand rows. The estimate has its 95 % bootstrap interval, the policy's own click rate its "
            "normal one. Covers: whether the bootstrap interval, then the normal one, holds the own rate."
        ),
    )


def _comparison_cells(one: Comparison) -> Iterator[tuple[Cell, ...]]:
    for estimate in one.estimates:
        covers = [bounds.covers(one.own_rate) for bounds in (estimate.bootstrap, estimate.normal)]
        yield (
            Cell(one.policy),
            Cell(one.logged_by),
            Cell(estimate.estimator),
            Cell(f"{1000 * estimate.value:.2f}", _bounds(estimate.bootstrap)),
            Cell(_bounds(estimate.normal)),
            Cell(_bernstein(estimate)),
            Cell(f"{1000 * one.own_rate:.2f}", f"± {1000 * one.own_error:.2f}"),
            Cell(", ".join("yes" if held else "no" for held in covers), strong=all(covers)),
            Cell(f"{one.overlap.effective_rows:,.0f}"),
        )


def _bernstein(estimate: Estimate) -> str:
    return NOTHING_TO_SAY if estimate.bernstein is None else _bounds(estimate.bernstein)


def _bounds(bounds: Bounds) -> str:
    return f"{1000 * bounds.low:.2f} to {1000 * bounds.high:.2f}"


def _coverage_cells(row: Coverage) -> tuple[Cell, ...]:
    shares = [f"{row.covered[name]:.2f}" if name in row.covered else NOTHING_TO_SAY for name in _INTERVALS]
    figures = (f"{row.truth:.4f}", f"{row.bias:+.4f}", f"{row.error:.4f}", *shares)
    texts = (row.policy, f"{row.rows:,}", row.estimator, *figures, f"{row.effective_rows:,.0f}", f"{row.warned:.2f}")
    return tuple(Cell(text) for text in texts)


_INTERVALS = ("normal", "bootstrap", "Bernstein")
