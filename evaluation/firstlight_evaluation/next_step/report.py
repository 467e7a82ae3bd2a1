"""The report of a study of next steps.

    <reports>/<domain>/next.json             every figure
    <reports>/<domain>/next.md, .svg, .png   for people

Knows nothing of how the numbers came about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from firstlight_evaluation.next_step.plot import calibration_plot
from firstlight_evaluation.next_step.study import OURS, NextRow, NextStudy
from firstlight_evaluation.report.layout import Cell, Table
from firstlight_evaluation.report.study_files import study_page, write_study


@dataclass(frozen=True)
class NextReport:
    """What is reported of one domain.

    Attributes:
        domain: its name.
        study: what was found.
        facts: what else a reader needs to repeat the run; JSON values.
        notice: what must be shown wherever the numbers are, or None.
    """

    domain: str
    study: NextStudy
    facts: Mapping[str, object]
    notice: str | None

    def tables(self) -> list[Table]:
        """Of each subject, users of whom anything is known; then all by how much is known."""
        subjects = list(dict.fromkeys(row.subject for row in self.study.rows))
        return [self._table(subject) for subject in subjects] + [self._by_known(subject) for subject in subjects]

    def write(self, directory: Path) -> list[Path]:
        """Writes every file into ``directory`` (made if missing), replacing those of an earlier run."""
        content = {"domain": self.domain, "notice": self.notice, **self.facts, **asdict(self.study)}
        plot = calibration_plot(self.domain, self.study.bins)
        return write_study(directory / "next", content=content, page=self._page(), plot=plot)

    def _page(self) -> str:
        introduction = (
            "What test users, who appear nowhere in training, have in their next basket, foretold from what came "
            "before it: at their first, second, third, fifth, ninth basket and so on.\n\n![Calibration](next.svg)"
        )
        title = f"What comes next: {self.domain}"
        return study_page(self.tables(), title=title, introduction=introduction, notice=self.notice)

    def _table(self, subject: str) -> Table:
        rows = [row for row in self.study.rows if row.subject == subject and row.known == "any"]
        metrics = list(dict.fromkeys(row.metric for row in rows))
        forecasts = list(dict.fromkeys(row.forecast for row in rows))
        places = {(row.forecast, row.metric): row for row in rows}
        return Table(
            title=f"Next {subject.replace('_', ' ')}",
            heads=tuple(Cell(head) for head in ("forecast", *(_head(metric) for metric in metrics))),
            rows=tuple((Cell(name), *_cells([places[name, metric] for metric in metrics])) for name in forecasts),
            note=(
                f"Users of whom at least one event is known: {rows[0].users:,}, {rows[0].cases:,} baskets. Mean over "
                "users; in brackets ours minus theirs with its 95 % bootstrap interval, strong where that excludes "
                "zero. Baselines are smoothed by what is common as suits validation users best. Expected calibration "
                f"error of our first choice: {self.study.errors[subject]:.4f}."
            ),
        )

    def _by_known(self, subject: str) -> Table:
        rows = [row for row in self.study.rows if row.subject == subject and row.metric == "log loss"]
        known = [one for one in dict.fromkeys(row.known for row in rows) if one not in {"any"}]
        forecasts = list(dict.fromkeys(row.forecast for row in rows))
        places = {(row.forecast, row.known): row for row in rows}
        return Table(
            title=f"Log loss of the next {subject.replace('_', ' ')} by events known",
            heads=(Cell("forecast"), *(Cell(one, f"n={places[OURS, one].users:,}") for one in known)),
            rows=tuple((Cell(name), *_cells([places[name, one] for one in known])) for name in forecasts),
            note="Lower is better.",
        )


def _head(metric: str) -> str:
    return f"{metric} (lower is better)" if metric == "log loss" else metric


def _cells(rows: Sequence[NextRow]) -> tuple[Cell, ...]:
    return tuple(_cell(row) for row in rows)


def _cell(row: NextRow) -> Cell:
    if row.forecast == OURS:
        return Cell(f"{row.value:.4f}")
    gain = row.gain
    told = f"{gain.value:+.4f}, {gain.low:+.4f} to {gain.high:+.4f}"
    return Cell(f"{row.value:.4f}", told, strong=gain.excludes_zero)
