"""The report files of one domain.

    <reports>/<domain>/cold_user_curve.json             rows, all users eligible at each point
    <reports>/<domain>/cold_user_curve_same_users.json  rows, the users eligible at every point
    <reports>/<domain>/differences.json                 the model against the best baseline of each point
    <reports>/<domain>/run.json                         seeds, split, tuned settings
    <reports>/<domain>/cold_items.json, .md             items whose events were held out, where that was asked for
    <reports>/<domain>/cold_user_curve.md, .svg, .png   for people

Knows nothing of how the numbers came about.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from firstlight_evaluation.report.cold_items import ColdItems
from firstlight_evaluation.report.markdown import markdown
from firstlight_evaluation.report.plot import curve_plot, write_plot
from firstlight_evaluation.report.summary import Summary

CURVE_FILE = "cold_user_curve.json"
SAME_USERS_FILE = "cold_user_curve_same_users.json"


def write_report(summary: Summary, cold: ColdItems | None = None, *, directory: Path) -> list[Path]:
    """Writes every file of the report, replacing those of an earlier run.

    Args:
        summary: what was measured.
        cold: the designed experiment on new items, where there was one.
        directory: ``<reports>/<domain>``; made if it is not there.

    Returns:
        The files, in the order of the module's list.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written = {
        CURVE_FILE: _json([asdict(row) for row in summary.all_eligible.rows]),
        SAME_USERS_FILE: _json([asdict(row) for row in summary.same_users.rows]),
        "differences.json": _json(
            [{"cohort": part.name, **row.fields} for part in summary.parts for row in part.differences]
        ),
        "run.json": _json({"domain": summary.domain, "notice": summary.notice, **summary.facts}),
        "cold_user_curve.md": _page(summary),
    }
    if cold is not None:
        written |= {"cold_items.json": _json(cold.content()), "cold_items.md": _cold_page(cold)}
    for name, text in written.items():
        (directory / name).write_text(text, encoding="utf-8")
    plots = write_plot(curve_plot(summary), directory / "cold_user_curve")
    return [*(directory / name for name in written), *plots]


def _page(summary: Summary) -> str:
    return markdown(
        [*summary.tables(), *summary.detail_tables()],
        title=f"Cold-user curve: {summary.domain}",
        introduction=(
            (f"> {summary.notice}\n\n" if summary.notice else "")
            + "How well each model ranks the whole catalogue for people of whom little is known. Test users appear "
            "nowhere in training; the target is the next basket's new items.\n\n![Cold-user curve](cold_user_curve.svg)"
        ),
    )


def _cold_page(cold: ColdItems) -> str:
    return markdown(
        cold.tables(),
        title=f"New items: {cold.reduced.domain}",
        introduction=(
            (f"> {cold.reduced.notice}\n\n" if cold.reduced.notice else "")
            + "The events of some items, drawn at random, were taken away from training and validation users, and "
            "all models were fitted again. How well are those items found, and what do all others lose?"
        ),
    )


def _json(content: Sequence[object] | Mapping[str, object]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
