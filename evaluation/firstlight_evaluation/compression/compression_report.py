"""The report on compression: a table for people, rows for machines, and a plot of speed against price.

    <reports>/<domain>/compression.json, .md, .svg, .png

Knows nothing of how the numbers came about.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import altair as alt

from firstlight_evaluation.compression.compressed_build import Part
from firstlight_evaluation.compression.price_list import PriceRow, of_part
from firstlight_evaluation.report.layout import Cell, Table, difference_cell
from firstlight_evaluation.report.markdown import markdown
from firstlight_evaluation.report.plot import write_plot

_CLOSENESS = {Part.ENCODER: "cosine to full", Part.INDEX: "recall@10"}
_WORK = {Part.ENCODER: "ms a text", Part.INDEX: "ms a query"}
_CONFIDENCE = 1.96  # standard errors


def compression_tables(rows: Sequence[PriceRow]) -> list[Table]:
    """One table a part, its full build first."""
    return [_table(part, of_part(rows, part)) for part in Part]


def write_compression_report(
    rows: Sequence[PriceRow], *, domain: str, notice: str | None, directory: Path
) -> list[Path]:
    """Writes the files of the report into ``directory``, made if it is not there, and returns them."""
    directory.mkdir(parents=True, exist_ok=True)
    introduction = (
        "What smaller encoders and indexes save and cost. The price of an 8-bit encoder is the worst case: everything "
        "that a newcomer touches or declares is encoded by it, whereas a server looks up what its snapshot knows.\n\n"
        "![Speed against price](compression.svg)"
    )
    page = markdown(
        compression_tables(rows),
        title=f"Compression: {domain}",
        introduction=f"> {notice}\n\n{introduction}" if notice else introduction,
    )
    content = {"domain": domain, "notice": notice, "rows": [asdict(row) for row in rows]}
    written = {"compression.json": json.dumps(content, indent=1, ensure_ascii=False) + "\n", "compression.md": page}
    for name, text in written.items():
        (directory / name).write_text(text, encoding="utf-8")
    plots = write_plot(compression_plot(rows, domain=domain), directory / "compression")
    return [*(directory / name for name in written), *plots]


def compression_plot(rows: Sequence[PriceRow], *, domain: str) -> alt.HConcatChart:
    """A panel a part: the time of a call against what is lost on validation users, with its interval."""
    panels = [_panel(part, of_part(rows, part)) for part in Part]
    title = alt.TitleParams(
        f"What compression saves and costs: {domain}",
        subtitle="change of NDCG@10 on validation users with its 95 % interval, against processor time",
        anchor="start",
    )
    return alt.HConcatChart(hconcat=panels, spacing=30, padding=12, title=title)


def _table(part: Part, rows: Sequence[PriceRow]) -> Table:
    heads = ("build", "MB", _WORK[part], _CLOSENESS[part], "loss on validation")
    return Table(
        title=f"Smaller {part.value}",
        heads=(
            *(Cell(head) for head in heads),
            *(Cell(point.point.label, f"full {point.full:.4f}") for point in rows[0].points),
        ),
        rows=tuple(_cells(row) for row in rows),
        note=(
            "Size of the file that servers map; median processor time of interleaved calls on one thread; share of "
            "NDCG@10 lost on validation users with its standard error, strong where a build is refused for it; then, "
            "for each number of known events, the paired difference of NDCG@10 to the full build on test users with "
            "its 95 % bootstrap interval, strong where that excludes zero."
        ),
    )


def _cells(row: PriceRow) -> tuple[Cell, ...]:
    return (
        Cell(row.build),
        Cell(f"{row.megabytes:.2f}"),
        Cell(f"{row.milliseconds:.3f}"),
        Cell(f"{row.closeness:.4f}"),
        Cell(f"{row.loss:+.2%}", f"± {row.loss_error:.2%}", strong=row.refused),
        *(difference_cell(point) for point in row.points),
    )


def _panel(part: Part, rows: Sequence[PriceRow]) -> alt.LayerChart:
    values = [
        {
            "build": row.build,
            "ms": row.milliseconds,
            "change": -row.loss,
            "low": -row.loss - _CONFIDENCE * row.loss_error,
            "high": -row.loss + _CONFIDENCE * row.loss_error,
            "MB": row.megabytes,
        }
        for row in rows
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("ms:Q", title=_WORK[part], scale=alt.Scale(zero=True)), color=alt.Color("build:N", legend=None)
    )
    price = alt.Axis(format="+.1%")
    bars = base.mark_rule(strokeWidth=2, opacity=0.5).encode(
        y=alt.Y("low:Q", title="change of NDCG@10", axis=price), y2="high:Q"
    )
    points = base.mark_point(filled=True, opacity=0.9).encode(
        y=alt.Y("change:Q", axis=price), size=alt.Size("MB:Q", legend=None)
    )
    names = base.mark_text(align="left", dx=8, dy=-8, fontSize=11).encode(y="change:Q", text="build:N")
    return alt.LayerChart(layer=[bars, points, names]).properties(width=420, height=300, title=part.value)
