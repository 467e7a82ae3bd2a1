"""What a study leaves on disk: figures as JSON, a page for people, its picture. Knows nothing of what was studied."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import altair as alt

from firstlight_evaluation.report.layout import Table
from firstlight_evaluation.report.markdown import markdown
from firstlight_evaluation.report.plot import write_plot


def study_page(tables: Iterable[Table], *, title: str, introduction: str, notice: str | None = None) -> str:
    """The page, with what must be shown wherever the numbers are, if anything, above all else."""
    return markdown(tables, title=title, introduction=(f"> {notice}\n\n" if notice else "") + introduction)


def write_study(
    stem: Path, *, content: Mapping[str, object], page: str, plot: alt.HConcatChart | alt.FacetChart | None = None
) -> list[Path]:
    """Writes ``<stem>.json``, ``.md`` and, of a plot, ``.svg`` and ``.png``, and returns their paths.

    Their directory is made if it is missing, and those of an earlier run are replaced.

    Raises:
        ValueError: a figure is not a number, which JSON cannot hold.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    figures, told = stem.with_suffix(".json"), stem.with_suffix(".md")
    figures.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    told.write_text(page, encoding="utf-8")
    return [figures, told, *(write_plot(plot, stem) if plot is not None else [])]
