"""The two panels of the curve's plot: what is known without events, and what events add.

Knows nothing of files or cohorts.
"""

from collections.abc import Mapping, Sequence

import altair as alt

from firstlight_evaluation.report.label_places import spread
from firstlight_evaluation.rows import CurveRow

HEIGHT = 380
_LABEL_PIXELS = 15.0


def panel_without_events(
    rows: Sequence[CurveRow], *, colours: Mapping[str, str], named: frozenset[str], top: float
) -> alt.LayerChart:
    """Points with interval bars at "nothing" and "declared", with the names of the ``named`` models over theirs.

    Those are the models that the other panel, which names its own, does not show.
    """
    values = [
        _value(row, row.point.evidence.value)
        | {"name": row.model if row.model in named else "", "name_height": _free_height(row, top)}
        for row in rows
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("point:N", title="no events, interests", sort=["nothing", "declared"], axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("model:N", sort=list(colours)),
        color=_colour(colours),
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.55).encode(y=_height(top), y2="high:Q")
    points = base.mark_point(filled=True, size=70, opacity=1).encode(y=_height(top, "value"))
    names = base.mark_text(align="right", dx=6, fontSize=12, fontWeight="bold").encode(
        y=_height(top, "name_height"), text="name:N"
    )
    return alt.LayerChart(layer=[bars, points, names]).properties(width=230, height=HEIGHT)


def panel_with_events(
    rows: Sequence[CurveRow], *, colours: Mapping[str, str], strong: frozenset[str], top: float
) -> alt.LayerChart:
    """Lines over the number of events with interval bands; the names stand at the lines' ends."""
    order = [str(k) for k in sorted({row.k for row in rows})]
    base = alt.Chart(
        alt.InlineData(values=[_value(row, str(row.k)) | {"strong": row.model in strong} for row in rows])
    ).encode(
        x=alt.X("point:O", title="known events", sort=order, axis=alt.Axis(labelAngle=0), scale=alt.Scale(padding=0.2)),
        color=_colour(colours),
    )
    weight = alt.condition("datum.strong", alt.value(3.5), alt.value(1.8))
    band = base.mark_area(opacity=0.10).encode(y=_height(top, title=None), y2="high:Q")
    line = base.mark_line().encode(y=_height(top, "value", title=None), strokeWidth=weight)
    points = base.mark_point(filled=True, size=45, opacity=1).encode(y=_height(top, "value", title=None))
    names = _names(rows, order, colours, top)
    return alt.LayerChart(layer=[band, line, points, names]).properties(width=460, height=HEIGHT)


def _names(rows: Sequence[CurveRow], order: Sequence[str], colours: Mapping[str, str], top: float) -> alt.Chart:
    """Each model's name at the last point it has, moved apart where lines end close together."""
    ends = list({row.model: row for row in sorted(rows, key=lambda row: row.k)}.values())
    heights = spread([row.value for row in ends], distance=_LABEL_PIXELS * top / HEIGHT, floor=0.02 * top)
    values = [
        {"model": row.model, "point": order[-1], "height": float(height)}
        for row, height in zip(ends, heights, strict=True)
    ]
    drawn: alt.Chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_text(align="left", dx=12, fontSize=12, fontWeight="bold")
        .encode(
            x=alt.X("point:O", sort=list(order)),
            y=_height(top, "height", title=None),
            text="model:N",
            color=_colour(colours),
        )
    )
    return drawn


def _free_height(row: CurveRow, top: float) -> float:
    """Below a point's interval where there is room, else above it."""
    gap = 0.035 * top
    return row.low - gap if row.low > 3 * gap else row.high + gap


def _value(row: CurveRow, point: str) -> dict[str, object]:
    return {"model": row.model, "point": point, "value": row.value, "low": row.low, "high": row.high}


def _height(top: float, field: str = "low", *, title: str | None = "NDCG@10") -> alt.Y:
    return alt.Y(f"{field}:Q", title=title, scale=alt.Scale(domain=[0, top], clamp=True))


def _colour(colours: Mapping[str, str]) -> alt.Color:
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("model:N", scale=scale, legend=None)
