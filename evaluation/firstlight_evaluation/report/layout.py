"""Tables as plain strings: what goes where, whatever draws it.

Knows nothing of Markdown, consoles or files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from firstlight_evaluation.rows import CurveRow, DifferenceRow, PointRow, Verdict

NOTHING_TO_SAY = "–"
_ABBREVIATIONS = {"ndcg", "mrr"}


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        text: what it says.
        detail: what may be left out where room is short, such as an interval.
        strong: whether it is set in bold.
    """

    text: str
    detail: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A title, column heads, rows of cells as wide as the heads, and a note beneath."""

    title: str
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str


def metric_title(metric: str) -> str:
    """How tables call a metric: NDCG@10, Recall@10 ..."""
    kind, _, rest = metric.partition("@")
    return f"{kind.upper() if kind in _ABBREVIATIONS else kind.capitalize()}@{rest}"


def curve_table(rows: Sequence[CurveRow], *, metric: str, cohort: str) -> Table:
    """Models down, points across, for one metric; the best of every point is strong."""
    chosen = [row for row in rows if row.metric == metric]
    points = sorted({row.point for row in chosen})
    models = list(dict.fromkeys(row.model for row in chosen))
    by_place = {(row.model, row.point): row for row in chosen}
    best = {point: max(row.value for row in chosen if row.point == point) for point in points}
    users = {row.point: row.users for row in chosen}
    return Table(
        title=f"{metric_title(metric)}, {cohort}",
        heads=(Cell("known events"), *(Cell(point.label, f"n={users[point]:,}") for point in points)),
        rows=tuple(
            (Cell(model), *(_curve_cell(by_place.get((model, point)), best[point]) for point in points))
            for model in models
        ),
        note=(
            f"Mean over users with its 95 % bootstrap interval. {NOTHING_TO_SAY}: the model has nothing to say there "
            "(a similarity model without a history; a history model with only a declaration)."
        ),
    )


def difference_table(rows: Sequence[DifferenceRow], *, cohort: str) -> Table:
    """Each model under test against the best baseline of every point; at least one row, all of one metric."""
    return comparison_table(
        rows,
        title=f"{metric_title(rows[0].metric)} against the best baseline, {cohort}",
        other="best baseline",
        note="The best baseline is chosen on the same users, which favours it.",
    )


def comparison_table(rows: Sequence[DifferenceRow], *, title: str, other: str, note: str) -> Table:
    """Paired differences, one a line; ``other`` heads the column of what the models are compared with."""
    heads = ("known events", "model", other, "difference", "relative", "verdict", "users")
    return Table(
        title=title,
        heads=tuple(Cell(head) for head in heads),
        rows=tuple(_difference_cells(row) for row in rows),
        note=(
            "Mean of the paired difference with its 95 % bootstrap interval; strong where the interval excludes zero. "
            f"Above or below: the interval lies above or below zero; not below: it holds zero. {note}"
        ),
    )


def difference_cell(row: PointRow | None) -> Cell:
    """A paired difference with its interval, strong where that excludes zero; 0 where no user's figure differs."""
    if row is None:
        return Cell(NOTHING_TO_SAY)
    if row.low == row.value == row.high == 0:
        return Cell("0")
    return Cell(f"{row.value:+.4f}", f"{row.low:+.4f} to {row.high:+.4f}", strong=row.interval.excludes_zero)


def _curve_cell(row: CurveRow | None, best: float) -> Cell:
    if row is None:
        return Cell(NOTHING_TO_SAY)
    return Cell(f"{row.value:.4f}", f"{row.low:.3f}–{row.high:.3f}", strong=row.value == best)


def _difference_cells(row: DifferenceRow) -> tuple[Cell, ...]:
    relative = NOTHING_TO_SAY if row.relative is None else f"{row.relative:+.1%}"
    return (
        Cell(row.point.label),
        Cell(row.model),
        Cell(row.baseline),
        difference_cell(row),
        Cell(relative),
        Cell(row.verdict.value, strong=row.verdict is not Verdict.NOT_BELOW),
        Cell(f"{row.users:,}"),
    )
