"""The cold-user curve as a picture: NDCG@10 over what is known, with intervals and the names at the lines' ends.

Altair draws, vl-convert renders; both work offline. Knows nothing of how the numbers came about.
"""

from itertools import cycle
from pathlib import Path
from textwrap import wrap

import altair as alt

from firstlight_evaluation.errors import ReportError
from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_evaluation.report.panels import panel_with_events, panel_without_events
from firstlight_evaluation.report.summary import Summary

_MODEL_COLOURS = ("#c2185b", "#6a1b9a", "#e65100")
_BASELINE_COLOURS = ("#1f77b4", "#2a9d8f", "#b8860b", "#5c7c3a", "#7b6d8d", "#8c564b", "#607d8b")
_PNG_SCALE = 2.0
_NOTICE_CHARACTERS = 150  # of 12-pixel type, about the width of both panels
_CONFIG = alt.Config(
    view=alt.ViewConfig(stroke=None),
    axis=alt.AxisConfig(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor="#ececec"),
)


def curve_plot(summary: Summary) -> alt.HConcatChart:
    """The plot of all eligible users, averaged over the seeds.

    Raises:
        ReportError: if nothing was measured.
    """
    rows = [row for row in summary.all_eligible.mean_rows if row.metric == MAIN_METRIC]
    if not rows:
        raise ReportError(f"no measurement of {MAIN_METRIC} in {summary.domain!r}: there is nothing to plot")
    colours = _colours(summary)
    top = max(row.high for row in rows) * 1.04 or 1.0
    cold, warmer = [row for row in rows if not row.k], [row for row in rows if row.k]
    only_cold = frozenset({row.model for row in cold} - {row.model for row in warmer})
    without = panel_without_events(cold, colours=colours, named=only_cold, top=top)
    with_events = panel_with_events(warmer, colours=colours, strong=frozenset(summary.under_test), top=top)
    return alt.HConcatChart(
        hconcat=[without, with_events], spacing=24, padding=12, title=_title(summary), config=_CONFIG
    )


def write_plot(plot: alt.HConcatChart | alt.FacetChart, stem: Path) -> list[Path]:
    """Writes ``<stem>.svg`` and ``<stem>.png`` and returns their paths."""
    paths = [stem.with_suffix(".svg"), stem.with_suffix(".png")]
    plot.save(str(paths[0]))
    plot.save(str(paths[1]), scale_factor=_PNG_SCALE)
    return paths


def _title(summary: Summary) -> alt.TitleParams:
    measured = "NDCG@10 over the whole catalogue, mean over test users, 95 % bootstrap intervals"
    return alt.TitleParams(
        f"How well newcomers are served: {summary.domain}",
        subtitle=[measured, *wrap(summary.notice or "", _NOTICE_CHARACTERS)],
        anchor="start",
        fontSize=16,
        subtitleFontSize=12,
        offset=14,
    )


def _colours(summary: Summary) -> dict[str, str]:
    """A colour for every model, those under test first and in stronger colours."""
    strong, muted = cycle(_MODEL_COLOURS), cycle(_BASELINE_COLOURS)
    return {model: next(strong if model in summary.under_test else muted) for model in summary.models}
