"""NDCG@10 after a shift as a picture: gained or lost by reading the short horizon. Knows nothing of files."""

from collections.abc import Sequence

import altair as alt

from firstlight_evaluation.drift.study import Worth
from firstlight_evaluation.errors import ReportError

_WIDTH, _HEIGHT = 300, 260


def drift_plot(domain: str, worths: Sequence[Worth]) -> alt.HConcatChart:
    """The differences to reading all events, with their intervals, by events since the shift.

    Raises:
        ReportError: if nothing was measured.
    """
    shown = [one for one in worths if one.since is not None]
    if not shown:
        raise ReportError(f"no shift was measured for {domain!r}: there is nothing to plot")
    groups = list(dict.fromkeys(one.group for one in shown))
    title = alt.TitleParams(
        f"When interests shift: {domain}",
        subtitle="NDCG@10 minus that of reading all events, mean over users, 95 % bootstrap intervals",
        anchor="start",
        fontSize=16,
        subtitleFontSize=12,
        offset=14,
    )
    config = alt.Config(view=alt.ViewConfig(stroke=None), axis=alt.AxisConfig(gridColor="#ececec"))
    panels = [_panel(name, [one for one in shown if one.group == name]) for name in groups]
    return alt.HConcatChart(hconcat=panels, spacing=20, padding=12, title=title, config=config)


def _panel(name: str, worths: Sequence[Worth]) -> alt.LayerChart:
    readings = list(dict.fromkeys(one.reading for one in worths))
    order = sorted({one.since for one in worths if one.since is not None})
    base = alt.Chart(alt.InlineData(values=[_value(one) for one in worths])).encode(
        x=alt.X("since:N", title="events since", sort=[str(one) for one in order], axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("reading:N", sort=readings),
        color=alt.Color("reading:N", title="the model reads", sort=readings),
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.55).encode(y=alt.Y("low:Q", title="difference"), y2="high:Q")
    points = base.mark_point(filled=True, size=45, opacity=1).encode(y="difference:Q")
    zero = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color="#444").encode(y="at:Q")
    return alt.LayerChart(layer=[zero, bars, points]).properties(width=_WIDTH, height=_HEIGHT, title=name)


def _value(one: Worth) -> dict[str, object]:
    gain = one.difference
    return {
        "reading": one.reading,
        "since": str(one.since),
        "difference": gain.value,
        "low": gain.low,
        "high": gain.high,
    }
