"""Everything a report shows of one domain, computed once: both cohorts, their rows, differences and tables.

Knows nothing of files or drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from firstlight_evaluation.measurement import Measurement, mean_over_seeds, same_users
from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_evaluation.reliability import ReliabilityRow
from firstlight_evaluation.report.layout import Table, curve_table, difference_table
from firstlight_evaluation.report.metrics_table import metrics_table
from firstlight_evaluation.report.reliability_table import reliability_table
from firstlight_evaluation.rows import CurveRow, DifferenceRow, curve_rows, difference_rows


@dataclass(frozen=True)
class Cohort:
    """The measurements over one choice of users.

    Attributes:
        name: how tables call it.
        measurements: of every model, point and seed.
    """

    name: str
    measurements: Sequence[Measurement]

    @cached_property
    def rows(self) -> list[CurveRow]:
        """One row for every model, point, metric and seed."""
        return curve_rows(self.measurements)

    @cached_property
    def mean_rows(self) -> list[CurveRow]:
        """One row for every model, point and metric, users' values averaged over the seeds."""
        return curve_rows(mean_over_seeds(self.measurements))

    @cached_property
    def differences(self) -> list[DifferenceRow]:
        """Every model under test against the best baseline of every point, averaged over the seeds."""
        return difference_rows(mean_over_seeds(self.measurements))

    def tables(self) -> list[Table]:
        """The curve of the main metric, then the differences where there are any; none where the cohort is empty."""
        if not self.measurements:
            return []
        curve = curve_table(self.mean_rows, metric=MAIN_METRIC, cohort=self.name)
        return [curve, *([difference_table(self.differences, cohort=self.name)] if self.differences else [])]


@dataclass(frozen=True)
class Summary:
    """One domain.

    Attributes:
        domain: its name.
        measurements: of every model, point and seed, over all users eligible at each point.
        facts: what else a reader needs to repeat the run; JSON values.
        notice: what must be shown wherever the numbers are, or None.
        promises: how sure the model under test was at every point, and how often it was right.
    """

    domain: str
    measurements: Sequence[Measurement]
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    notice: str | None = None
    promises: Sequence[ReliabilityRow] = ()

    @cached_property
    def all_eligible(self) -> Cohort:
        """Whoever has enough events for a point."""
        return Cohort("all users eligible at each point", self.measurements)

    @cached_property
    def same_users(self) -> Cohort:
        """The users eligible at every point."""
        return Cohort("the same users at every point", same_users(self.measurements))

    @property
    def parts(self) -> tuple[Cohort, Cohort]:
        """Both cohorts."""
        return self.all_eligible, self.same_users

    @property
    def models(self) -> list[str]:
        """The models' names, those under test first."""
        ordered = sorted(self.measurements, key=lambda one: one.baseline)
        return list(dict.fromkeys(one.model for one in ordered))

    @property
    def under_test(self) -> set[str]:
        """The names of the models that are no baselines."""
        return {one.model for one in self.measurements if not one.baseline}

    def tables(self) -> list[Table]:
        """The main tables of both cohorts."""
        return [table for part in self.parts for table in part.tables()]

    def detail_tables(self) -> list[Table]:
        """All other metrics over all eligible users, one table a point."""
        rows = self.all_eligible.mean_rows
        promises = [reliability_table(self.promises)] if self.promises else []
        return promises + [
            metrics_table([row for row in rows if row.point == point], cohort=self.all_eligible.name)
            for point in sorted({row.point for row in rows})
        ]
