"""What a designed experiment on new items shows: the held-out items as targets, and all others against the full run.

Knows nothing of files, or of how the experiment was made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from firstlight_evaluation.measurement import Measurement, mean_over_seeds
from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_evaluation.points import Evidence
from firstlight_evaluation.report.layout import Table, comparison_table, curve_table
from firstlight_evaluation.report.summary import Summary
from firstlight_evaluation.rows import CurveRow, DifferenceRow, curve_rows, difference_row
from firstlight_evaluation.yardstick import HELD_OUT, OTHERS, RECALL

RAW_ENCODER: Mapping[Evidence, str] = {Evidence.EVENTS: "raw text mean", Evidence.DECLARED: "untrained prompts"}
"""The baseline that is the untrained text encoder, by what is known."""

_HELD_OUT_METRICS = (f"{MAIN_METRIC} {HELD_OUT}", f"{RECALL} {HELD_OUT}")
_OTHERS_METRIC = f"{MAIN_METRIC} {OTHERS}"
_COHORT = "all users eligible at each point"


@dataclass(frozen=True)
class ColdItems:
    """The experiment.

    Attributes:
        intact: what was measured with all events, the held-out items' targets apart.
        reduced: the same without their events.
        items: how many items were held out.
    """

    intact: Summary
    reduced: Summary
    items: int

    @cached_property
    def rows(self) -> list[CurveRow]:
        """Every model without the events, on the held-out items and on the others."""
        wanted = {*_HELD_OUT_METRICS, _OTHERS_METRIC}
        return [row for row in curve_rows(self._reduced) if row.metric in wanted]

    @cached_property
    def found(self) -> list[DifferenceRow]:
        """Each model under test against the raw text encoder, the held-out items as targets."""
        return list(self._against_raw())

    @cached_property
    def lost(self) -> list[DifferenceRow]:
        """Each model under test against itself fitted with all events, the other items as targets."""
        return list(self._against_intact())

    def content(self) -> dict[str, object]:
        """What ``cold_items.json`` holds."""
        return {
            "items_held_out": self.items,
            "rows": [asdict(row) for row in self.rows],
            "held_out_against_raw_encoder": [row.fields for row in self.found],
            "others_against_all_events": [row.fields for row in self.lost],
        }

    def tables(self) -> list[Table]:
        """The held-out items model by model, against the raw encoder, and what the others lose."""
        held = f"{self.items:,} items held out"
        curves = [
            curve_table(self.rows, metric=metric, cohort=f"{held}, {_COHORT}")
            for metric in _HELD_OUT_METRICS
            if any(row.metric == metric for row in self.rows)
        ]
        comparisons = {
            f"Held-out items against the raw text encoder, {held}": ("raw encoder", self.found),
            f"All other items against training with all events, {held}": ("against", self.lost),
        }
        note = "Users with such a target only."
        return curves + [
            comparison_table(rows, title=title, other=other, note=note)
            for title, (other, rows) in comparisons.items()
            if rows
        ]

    @cached_property
    def _reduced(self) -> list[Measurement]:
        return mean_over_seeds(self.reduced.measurements)

    def _against_raw(self) -> Iterator[DifferenceRow]:
        by_place = {(one.model, one.point): one for one in self._reduced}
        for metric in _HELD_OUT_METRICS:
            for one in self._under_test(metric):
                raw = by_place.get((RAW_ENCODER.get(one.point.evidence, ""), one.point))
                if raw is not None:
                    yield difference_row(one, raw, metric=metric, baseline=f"{raw.model}, {metric.split()[0]}")

    def _against_intact(self) -> Iterator[DifferenceRow]:
        by_place = {(one.model, one.point): one for one in mean_over_seeds(self.intact.measurements)}
        for one in self._under_test(_OTHERS_METRIC):
            before = by_place[one.model, one.point]
            yield difference_row(one, before, metric=_OTHERS_METRIC, baseline=f"{one.model}, all events")

    def _under_test(self, metric: str) -> Iterator[Measurement]:
        """The measurements of models under test of which ``metric`` says anything."""
        return (one for one in self._reduced if not one.baseline and not np.isnan(one.values[metric]).all())
