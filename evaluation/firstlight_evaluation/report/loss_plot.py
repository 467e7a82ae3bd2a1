"""How the losses of trainings fell, as a picture. Knows nothing of what was trained."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import altair as alt

_WIDTH, _HEIGHT = 300, 220
_PANELS_A_ROW = 3
_APART = alt.Resolve(scale=alt.ScaleResolveMap(color="independent"))
_NO_LOSSES = ("step", "rate")


def loss_plot(files: Sequence[Path]) -> alt.HConcatChart:
    """One panel for every CSV file that a ``LossLog`` wrote: every loss over the steps."""
    columns = [
        alt.VConcatChart(vconcat=[_panel(path) for path in files[start::_PANELS_A_ROW]], resolve=_APART)
        for start in range(min(_PANELS_A_ROW, len(files)))
    ]
    config = alt.Config(view=alt.ViewConfig(stroke=None), axis=alt.AxisConfig(gridColor="#ececec"))
    return alt.HConcatChart(hconcat=columns, padding=12, config=config, resolve=_APART)


def _panel(path: Path) -> alt.Chart:
    drawn: alt.Chart = (
        alt.Chart(alt.InlineData(values=list(_values(path))), title=path.stem.removeprefix("losses-"))
        .mark_line(point=True)
        .encode(
            x=alt.X("step:Q", title="step"),
            y=alt.Y("loss:Q", title="loss", scale=alt.Scale(zero=False)),
            color=alt.Color("of:N", title=None, legend=alt.Legend(orient="bottom", columns=1)),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return drawn


def _values(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name, value in row.items():
                if name not in _NO_LOSSES:
                    yield {"step": int(row["step"]), "of": name, "loss": float(value)}
