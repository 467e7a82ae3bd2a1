"""What the ablations of one domain showed: rows and tables. Knows nothing of files or drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from firstlight_evaluation.ablation.ablation import Stage
from firstlight_evaluation.measurement import Measurement, mean_over_seeds
from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_evaluation.report.layout import NOTHING_TO_SAY, Cell, Table, curve_table, difference_cell
from firstlight_evaluation.rows import CurveRow, DifferenceRow, curve_rows, difference_rows

FULL = "full model"
"""The name of the model that nothing was changed in."""


@dataclass(frozen=True)
class Outcome:
    """One domain.

    Attributes:
        domain: its name.
        stage: which one was changed; the first ranks alone, here as in the model it is compared with.
        measurements: of the full model, as the only baseline, and of every ablation, for every point and seed.
        says: name of an ablation -> what it changes.
        ranked: name of a model -> how its second stage ranks under the first seed.
        left_out: names of the ablations that would have changed nothing.
        facts: what else a reader needs to repeat the run; JSON values.
        notice: what must be shown wherever the numbers are, or None.
    """

    domain: str
    stage: Stage
    measurements: Sequence[Measurement]
    says: Mapping[str, str]
    ranked: Mapping[str, str]
    left_out: Sequence[str]
    facts: Mapping[str, object]
    notice: str | None = None

    @cached_property
    def rows(self) -> list[CurveRow]:
        """One row for every model, point and metric, users' values averaged over the seeds."""
        return curve_rows(mean_over_seeds(self.measurements))

    @cached_property
    def differences(self) -> list[DifferenceRow]:
        """Every ablation minus the full model at every point, paired over users."""
        return difference_rows(mean_over_seeds(self.measurements))

    def tables(self) -> list[Table]:
        """The differences, what the names mean, then the values."""
        values = curve_table(self.rows, metric=MAIN_METRIC, cohort="each model")
        return [self._difference_table(), self._change_table(), values]

    def _difference_table(self) -> Table:
        points = sorted({row.point for row in self.rows})
        users = {row.point: row.users for row in self.rows}
        by_place = {(row.model, row.point): row for row in self.differences}
        return Table(
            title="NDCG@10 against the full model",
            heads=(Cell("changed"), *(Cell(point.label, f"n={users[point]:,}") for point in points)),
            rows=tuple(
                (Cell(name), *(difference_cell(by_place.get((name, point))) for point in points)) for name in self.says
            ),
            note=(
                "Mean of the paired difference over users with its 95 % bootstrap interval, strong where the interval "
                "excludes zero. Below zero: what was changed had helped."
                + (f" Nothing to change here: {', '.join(self.left_out)}." if self.left_out else "")
            ),
        )

    def _change_table(self) -> Table:
        return Table(
            title="What is changed",
            heads=(Cell("changed"), Cell("how"), Cell("ranked by")),
            rows=tuple(
                (Cell(name), Cell(what), Cell(self.ranked[name] or NOTHING_TO_SAY))
                for name, what in {FULL: "Nothing.", **self.says}.items()
            ),
            note="Ranked by: what orders the shortlist under the first seed; held-out users choose it for every model.",
        )
