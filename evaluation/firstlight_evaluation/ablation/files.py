"""The report files of one domain's ablations.

    <reports>/<domain>/ablation.json             rows, differences, what was changed, and the run
    <reports>/<domain>/ablation.md, .svg, .png   for people

Knows nothing of how the numbers came about.
"""

import json
from dataclasses import asdict
from pathlib import Path

from firstlight_evaluation.ablation.outcome import Outcome
from firstlight_evaluation.ablation.plot import ablation_plot
from firstlight_evaluation.report.markdown import markdown
from firstlight_evaluation.report.plot import write_plot


def write_ablation(outcome: Outcome, *, directory: Path) -> list[Path]:
    """Writes every file into ``directory`` (made if missing), replacing those of an earlier run."""
    directory.mkdir(parents=True, exist_ok=True)
    table, page = directory / "ablation.json", directory / "ablation.md"
    table.write_text(json.dumps(_content(outcome), indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    page.write_text(_page(outcome), "utf-8")
    return [table, page, *write_plot(ablation_plot(outcome), directory / "ablation")]


def _content(outcome: Outcome) -> dict[str, object]:
    return {
        "domain": outcome.domain,
        "notice": outcome.notice,
        **outcome.facts,
        "ablations": dict(outcome.says),
        "left_out": list(outcome.left_out),
        "ranked_by": dict(outcome.ranked),
        "rows": [asdict(row) for row in outcome.rows],
        "differences": [asdict(row) for row in outcome.differences],
    }


def _page(outcome: Outcome) -> str:
    return markdown(
        outcome.tables(),
        title=f"Ablations: {outcome.domain}",
        introduction=(
            (f"> {outcome.notice}\n\n" if outcome.notice else "")
            + f"The full model with one thing changed at a time, judged by the same {outcome.facts['users']:,} "
            f"{outcome.facts['judges']} users, seeds {outcome.facts['seeds']}: what each part is worth. No setting was "
            "chosen by these figures.\n\n![Ablations](ablation.svg)"
        ),
    )
