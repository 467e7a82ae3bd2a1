"""Joint minus alone as a picture: one panel a domain, a line for every weight. Knows nothing of files."""

from collections.abc import Sequence

import altair as alt

from firstlight_evaluation.errors import ReportError
from firstlight_evaluation.transfer import ALONE, JOINT, TransferRow

_WIDTH, _HEIGHT = 380, 300
_ZERO_SHOT = "zero-shot"


def transfer_plot(domain: str, rows: Sequence[TransferRow]) -> alt.HConcatChart:
    """The differences to training alone, with their intervals.

    Raises:
        ReportError: if nothing was measured.
    """
    shown = [row for row in rows if row.baseline == ALONE]
    if not shown:
        raise ReportError(f"no transfer was measured for {domain!r}: there is nothing to plot")
    panels = [
        _panel(name, [row for row in shown if row.domain == name])
        for name in dict.fromkeys(row.domain for row in shown)
    ]
    title = alt.TitleParams(
        f"Training together with {domain}: joint minus alone",
        subtitle="NDCG@10 over the whole catalogue, validation users, 95 % bootstrap intervals",
        anchor="start",
        fontSize=16,
        subtitleFontSize=12,
        offset=14,
    )
    config = alt.Config(view=alt.ViewConfig(stroke=None), axis=alt.AxisConfig(gridColor="#ececec"))
    return alt.HConcatChart(hconcat=panels, spacing=24, padding=12, title=title, config=config)


def _panel(name: str, rows: Sequence[TransferRow]) -> alt.LayerChart:
    order = [point.label for point in sorted({row.point for row in rows})]
    models = list(dict.fromkeys(_model(row) for row in rows))
    base = alt.Chart(alt.InlineData(values=[_value(row) for row in rows])).encode(
        x=alt.X("point:N", title="known events", sort=order, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("model:N", sort=models),
        color=alt.Color("model:N", title="trained", sort=models),
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.55).encode(y=alt.Y("low:Q", title="difference"), y2="high:Q")
    points = base.mark_point(filled=True, size=55, opacity=1).encode(y="difference:Q")
    zero = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color="#444").encode(y="at:Q")
    return alt.LayerChart(layer=[zero, bars, points]).properties(width=_WIDTH, height=_HEIGHT, title=name)


def _model(row: TransferRow) -> str:
    return f"sources at {row.weight:g}" if row.model == JOINT else _ZERO_SHOT


def _value(row: TransferRow) -> dict[str, object]:
    return {
        "model": _model(row),
        "point": row.point.label,
        "difference": row.value,
        "low": row.low,
        "high": row.high,
    }
