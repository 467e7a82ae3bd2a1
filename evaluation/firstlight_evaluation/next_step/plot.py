"""How probable next steps were told to be, and how often they came. Knows nothing of files."""

from collections.abc import Mapping, Sequence

import altair as alt

from firstlight_evaluation.next_step.study import Bin

_SIZE = 260


def calibration_plot(domain: str, bins: Mapping[str, Sequence[Bin]]) -> alt.HConcatChart:
    """One panel a subject; on the diagonal, what is told is what comes."""
    title = alt.TitleParams(
        f"What comes next, told and come true: {domain}",
        subtitle="First choices of test users in ten groups of equal size, by the probability told",
        anchor="start",
        fontSize=16,
        subtitleFontSize=12,
        offset=14,
    )
    config = alt.Config(view=alt.ViewConfig(stroke=None), axis=alt.AxisConfig(gridColor="#ececec"))
    panels = [_panel(subject, own) for subject, own in bins.items()]
    return alt.HConcatChart(hconcat=panels, spacing=24, padding=12, title=title, config=config)


def _panel(subject: str, bins: Sequence[Bin]) -> alt.LayerChart:
    top = max(max(one.told, one.came) for one in bins) * 1.05 or 1.0
    line = alt.InlineData(values=[{"told": at, "came": at} for at in (0, top)])
    points = alt.InlineData(values=[{"told": one.told, "came": one.came} for one in bins])
    x = alt.X("told:Q", title="probability told", scale=alt.Scale(domain=[0, top]))
    y = alt.Y("came:Q", title="share that came", scale=alt.Scale(domain=[0, top]))
    diagonal = alt.Chart(line).mark_line(color="#999", strokeDash=[4, 4]).encode(x=x, y=y)
    own = alt.Chart(points).mark_line(point=True, color="#c2185b").encode(x=x, y=y)
    return alt.LayerChart(layer=[diagonal, own]).properties(width=_SIZE, height=_SIZE, title=subject.replace("_", " "))
