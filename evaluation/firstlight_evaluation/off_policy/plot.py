"""The Open Bandit estimates as a picture: a dot and an interval for every estimator, a line for the policy's own rate.

Knows nothing of files.
"""

from collections.abc import Sequence

import altair as alt

from firstlight_evaluation.off_policy.bandit_study import Comparison
from firstlight_evaluation.off_policy.tables import JUDGED

_COLOURS = ("#c2185b", "#6a1b9a", "#1f77b4", "#2a9d8f")


def comparison_plot(comparisons: Sequence[Comparison]) -> alt.FacetChart:
    """Campaigns down, policies across; click rates in a thousand."""
    values = [
        {
            "campaign": one.campaign,
            "policy": one.policy,
            "estimator": estimate.estimator,
            "value": 1000 * estimate.value,
            "low": 1000 * estimate.bootstrap.low,
            "high": 1000 * estimate.bootstrap.high,
            "own": 1000 * one.own_rate,
            "own_low": 1000 * (one.own_rate - one.own_error),
            "own_high": 1000 * (one.own_rate + one.own_error),
        }
        for one in comparisons
        for estimate in one.estimates
        if estimate.estimator in JUDGED
    ]
    base = alt.Chart().encode(
        y=alt.Y("estimator:N", sort=list(JUDGED), title=None),
        color=alt.Color("estimator:N", legend=None, scale=alt.Scale(domain=list(JUDGED), range=list(_COLOURS))),
    )
    band = alt.Chart().mark_rect(color="#dddddd", opacity=0.25).encode(x="own_low:Q", x2="own_high:Q")
    own = alt.Chart().mark_rule(color="#444444", strokeDash=[3, 3]).encode(x="own:Q")
    bars = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title="clicks in a thousand rows"), x2="high:Q")
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(x="value:Q")
    return alt.FacetChart(
        data=alt.InlineData(values=values),
        spec=alt.LayerChart(layer=[band, own, bars, dots]).properties(width=230, height=90),
        facet=alt.FacetMapping(row=alt.Row("campaign:N", title=None), column=alt.Column("policy:N", title=None)),
        title=alt.TitleParams(
            "One policy's click rate, estimated from the other's log: Open Bandit Dataset",
            subtitle="95 % bootstrap intervals; dashed: the policy's own click rate, with its 95 % interval",
            anchor="start",
        ),
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(x="independent")),
    )
