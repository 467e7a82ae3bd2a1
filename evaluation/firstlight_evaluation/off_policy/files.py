"""The report of off-policy evaluation.

    <directory>/off_policy.json           every estimate and every coverage
    <directory>/off_policy.md, .svg, .png   for people; the picture needs the Open Bandit Dataset

Knows nothing of how the numbers came about.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from firstlight_evaluation.off_policy.bandit_study import Comparison
from firstlight_evaluation.off_policy.coverage_study import Coverage
from firstlight_evaluation.off_policy.plot import comparison_plot
from firstlight_evaluation.off_policy.tables import comparison_tables, coverage_table
from firstlight_evaluation.report.study_files import study_page, write_study

_INTRODUCTION = (
    "What a policy would have earned, estimated from what another one showed, held against what it did earn (the Open "
    "Bandit Dataset: two real policies on the same days) and against a simulator's truth."
)


def write_off_policy(comparisons: Sequence[Comparison], coverage: Sequence[Coverage], *, directory: Path) -> list[Path]:
    """Writes every file into ``directory`` (made if missing), replacing those of an earlier run."""
    content = {"open_bandit": [asdict(one) for one in comparisons], "simulator": [asdict(row) for row in coverage]}
    text = _INTRODUCTION + ("\n\n![Estimates](off_policy.svg)" if comparisons else "")
    tables = [*comparison_tables(comparisons), coverage_table(coverage)]
    page = study_page(tables, title="Off-policy evaluation", introduction=text)
    plot = comparison_plot(comparisons) if comparisons else None
    return write_study(directory / "off_policy", content=content, page=page, plot=plot)
