"""The simulated month as a picture: clicks on new items, summed up day by day. Knows nothing of files."""

from collections.abc import Mapping
from textwrap import wrap
from types import MappingProxyType

import altair as alt

from firstlight_evaluation.bootstrap import bootstrap_intervals
from firstlight_evaluation.simulation.competitor import EPSILON_GREEDY, GREEDY, LEARNING_GREEDY, THOMPSON
from firstlight_evaluation.simulation.study import HINDSIGHT, RANKING_ALONE, Outcome

_CHARACTERS = 110  # of a line beneath the title
_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        THOMPSON: "#c2185b",
        "LinUCB": "#6a1b9a",
        "softmax": "#e65100",
        EPSILON_GREEDY: "#1f77b4",
        LEARNING_GREEDY: "#2a9d8f",
        GREEDY: "#607d8b",
        HINDSIGHT: "#9e9e9e",
    }
)


def month_plot(outcome: Outcome) -> alt.HConcatChart:
    """Lines with 95 % intervals over seeds."""
    values = [
        {"policy": name, "day": day + 1, "value": interval.value, "low": interval.low, "high": interval.high}
        for name, played in outcome.played.items()
        if name != RANKING_ALONE
        for day, interval in enumerate(bootstrap_intervals(played.new, seed=0))
    ]
    shown = [name for name in _COLOURS if name in outcome.played]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("day:Q", title="day of the month"),
        color=alt.Color(
            "policy:N", title=None, scale=alt.Scale(domain=shown, range=[_COLOURS[name] for name in shown])
        ),
    )
    band = base.mark_area(opacity=0.12).encode(
        y=alt.Y("low:Q", title="clicks on new items in a thousand visits, summed up"), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2.2).encode(y="value:Q")
    drawn = alt.LayerChart(layer=[band, line]).properties(width=560, height=360)
    return alt.HConcatChart(
        hconcat=[drawn],
        padding=12,
        title=alt.TitleParams(
            f"A simulated month: {outcome.domain}",
            subtitle=[
                f"{len(outcome.seeds)} seeds, 95 % bootstrap intervals over seeds",
                *wrap(outcome.notice or "", _CHARACTERS),
            ],
            anchor="start",
        ),
    )
