"""What a point looks like beside the main metric: models down, all other metrics across.

Knows nothing of Markdown, consoles or files.
"""

from collections.abc import Sequence

from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_evaluation.report.layout import NOTHING_TO_SAY, Cell, Table, metric_title
from firstlight_evaluation.rows import CurveRow


def metrics_table(rows: Sequence[CurveRow], *, cohort: str) -> Table:
    """Every metric but the main one at the one point that ``rows`` (at least one) are of; the best values are strong.

    Intervals stand in the JSON.
    """
    metrics = [metric for metric in dict.fromkeys(row.metric for row in rows) if metric != MAIN_METRIC]
    by_place = {(row.model, row.metric): row for row in rows}
    best = {metric: max(row.value for row in rows if row.metric == metric) for metric in metrics}
    users = {row.metric: row.users for row in rows}
    return Table(
        title=f"Other metrics, known events: {rows[0].point.label}, {cohort}",
        heads=(Cell("model"), *(Cell(metric_title(metric), f"n={users[metric]:,}") for metric in metrics)),
        rows=tuple(
            (Cell(model), *(_cell(by_place.get((model, metric)), best[metric]) for metric in metrics))
            for model in dict.fromkeys(row.model for row in rows)
        ),
        note=(
            "Mean over users. Cold items have no training event, warm ones have; only cases with such a target count. "
            "Debiased recall weighs a target by 1 / sqrt(training events + 1) (Steck 2011). Coverage is the share of "
            "the catalogue in anybody's list, diversity one minus the mean cosine of a list's raw text vectors."
        ),
    )


def _cell(row: CurveRow | None, best: float) -> Cell:
    return Cell(NOTHING_TO_SAY) if row is None else Cell(f"{row.value:.4f}", strong=row.value == best)
