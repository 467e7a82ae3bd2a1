"""Whether the served confidence comes true, point by point. Knows nothing of Markdown, consoles or files."""

from collections.abc import Sequence

from firstlight_evaluation.points import Point
from firstlight_evaluation.reliability import ReliabilityRow
from firstlight_evaluation.report.layout import Cell, Table


def reliability_table(rows: Sequence[ReliabilityRow]) -> Table:
    """One line a point and seed, from at least one row; the bins stand in run.json."""
    return Table(
        title="Confidence: promised and kept",
        heads=tuple(Cell(head) for head in ("known events", "seed", "users", "promised", "kept", "ECE")),
        rows=tuple(
            (
                Cell(Point(row.k, row.declared).label),
                Cell(str(row.seed)),
                Cell(f"{row.users:,}"),
                *(Cell(f"{value:.3f}") for value in (row.promised, row.kept, row.ece)),
            )
            for row in rows
        ),
        note=(
            "Mean probability of a hit among the first ten items, as served with an answer, and the share of users "
            "with one. ECE: mean distance of the two over ten bins of equally many users. Small samples alone give "
            "an error of about sqrt(p (1 - p) / users a bin)."
        ),
    )
