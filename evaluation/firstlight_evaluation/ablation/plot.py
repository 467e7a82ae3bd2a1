"""The ablations as a picture: one panel a point, a dot and an interval for every change, zero the full model.

Knows nothing of files or of how the numbers came about.
"""

import altair as alt

from firstlight_evaluation.ablation.outcome import Outcome
from firstlight_evaluation.errors import ReportError

_COLOURS = {"better": "#2a9d8f", "worse": "#c2185b", "no difference": "#7b8a97"}


def ablation_plot(outcome: Outcome) -> alt.FacetChart:
    """The paired differences of NDCG@10.

    Raises:
        ReportError: if nothing was changed.
    """
    if not outcome.differences:
        raise ReportError(f"no ablation was measured on {outcome.domain!r}: there is nothing to plot")
    points = [point.label for point in sorted({row.point for row in outcome.differences})]
    values = [
        {
            "changed": row.model,
            "point": row.point.label,
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "verdict": _verdict(row.low, row.high),
        }
        for row in outcome.differences
    ]
    base = alt.Chart().encode(
        y=alt.Y("changed:N", sort=list(outcome.says), title=None),
        color=alt.Color("verdict:N", title=None, scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))),
    )
    zero = alt.Chart().mark_rule(color="#444444", strokeDash=[3, 3]).encode(x=alt.datum(0))
    bars = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title="difference"), x2="high:Q")
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(x="value:Q")
    panel = alt.LayerChart(layer=[zero, bars, dots]).properties(width=150, height=20 * len(outcome.says))
    return alt.FacetChart(
        data=alt.InlineData(values=values),
        spec=panel,
        facet=alt.FacetMapping(column=alt.Column("point:N", sort=points, title="known events")),
        title=alt.TitleParams(
            f"What each part is worth: {outcome.domain}",
            subtitle="NDCG@10 minus the full model's, the same users, 95 % bootstrap intervals",
            anchor="start",
        ),
    )


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return "better"
    return "worse" if high < 0 else "no difference"
