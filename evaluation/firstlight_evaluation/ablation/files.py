"""The report files of one domain's ablations.

    <reports>/<domain>/ablation_<stage>_stage.json             rows, differences, what was changed, and the run
    <reports>/<domain>/ablation_<stage>_stage.md, .svg, .png   for people

Knows nothing of how the numbers came about.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from firstlight_evaluation.ablation.ablation import Stage
from firstlight_evaluation.ablation.outcome import Outcome
from firstlight_evaluation.ablation.plot import ablation_plot
from firstlight_evaluation.report.markdown import markdown
from firstlight_evaluation.report.plot import write_plot


def write_ablation(outcome: Outcome, *, directory: Path) -> list[Path]:
    """Writes every file into ``directory`` (made if missing), replacing those of an earlier run."""
    directory.mkdir(parents=True, exist_ok=True)
    name = f"ablation_{outcome.stage}_stage"
    table, page = directory / f"{name}.json", directory / f"{name}.md"
    table.write_text(json.dumps(_content(outcome), indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    page.write_text(_page(outcome, plot=f"{name}.svg"), "utf-8")
    return [table, page, *write_plot(ablation_plot(outcome), directory / name)]


def _content(outcome: Outcome) -> dict[str, object]:
    return {
        "domain": outcome.domain,
        "notice": outcome.notice,
        "stage": outcome.stage,
        **outcome.facts,
        "ablations": dict(outcome.says),
        "left_out": list(outcome.left_out),
        "ranked_by": dict(outcome.ranked),
        "rows": [asdict(row) for row in outcome.rows],
        "differences": [asdict(row) for row in outcome.differences],
    }


_FULL: Mapping[Stage, str] = MappingProxyType({"first": "The first stage alone", "second": "The full model"})


def _page(outcome: Outcome, *, plot: str) -> str:
    return markdown(
        outcome.tables(),
        title=f"Ablations of the {outcome.stage} stage: {outcome.domain}",
        introduction=(
            (f"> {outcome.notice}\n\n" if outcome.notice else "")
            + f"{_FULL[outcome.stage]} with one thing changed at a time, judged by the same {outcome.facts['users']:,} "
            f"{outcome.facts['judges']} users, seeds {outcome.facts['seeds']}: what each part is worth. No setting was "
            f"chosen by these figures.\n\n![Ablations]({plot})"
        ),
    )
