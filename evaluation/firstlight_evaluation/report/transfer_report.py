"""The transfer report of one domain.

    <reports>/<domain>/transfer.json             a row for every domain, model, weight, baseline and point
    <reports>/<domain>/transfer.md, .svg, .png   for people
    <reports>/<domain>/losses.svg, .png          how the losses fell

Knows nothing of how the numbers came about.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from firstlight_evaluation.report.layout import NOTHING_TO_SAY, Cell, Table, difference_cell
from firstlight_evaluation.report.loss_plot import loss_plot
from firstlight_evaluation.report.markdown import markdown
from firstlight_evaluation.report.plot import write_plot
from firstlight_evaluation.report.transfer_plot import transfer_plot
from firstlight_evaluation.transfer import JOINT, TransferRow


@dataclass(frozen=True)
class TransferReport:
    """What is reported of one domain.

    Attributes:
        domain: the target's name.
        rows: of ``measure_transfer``.
        losses: CSV files of the trainings.
        facts: what else a reader needs to repeat the run; JSON values.
        notice: what must be shown wherever the numbers are, or None.
    """

    domain: str
    rows: Sequence[TransferRow]
    losses: Sequence[Path] = ()
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    notice: str | None = None

    def tables(self) -> list[Table]:
        """One table a domain and baseline: models down, points across."""
        groups = dict.fromkeys((row.domain, row.baseline) for row in self.rows)
        return [_table([row for row in self.rows if (row.domain, row.baseline) == group]) for group in groups]

    def write(self, directory: Path) -> list[Path]:
        """Writes every file into ``directory`` (made if missing), replacing those of an earlier run."""
        directory.mkdir(parents=True, exist_ok=True)
        content = {"domain": self.domain, "notice": self.notice, **self.facts, "rows": [asdict(r) for r in self.rows]}
        written = {
            "transfer.json": json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
            "transfer.md": self._page(),
        }
        for name, text in written.items():
            (directory / name).write_text(text, encoding="utf-8")
        plots = write_plot(transfer_plot(self.domain, self.rows), directory / "transfer")
        losses = write_plot(loss_plot(self.losses), directory / "losses") if self.losses else []
        return [*(directory / name for name in written), *plots, *losses]

    def _page(self) -> str:
        pictures = "![Joint minus alone](transfer.svg)" + ("\n\n![Losses](losses.svg)" if self.losses else "")
        return markdown(
            self.tables(),
            title=f"Transfer: {self.domain}",
            introduction=(
                (f"> {self.notice}\n\n" if self.notice else "")
                + "What training with other domains does to each of them, on validation users (who also tune what is "
                f"trained: the differences guide a choice of weights and prove nothing).\n\n{pictures}"
            ),
        )


def _table(rows: Sequence[TransferRow]) -> Table:
    """The rows of one domain and baseline."""
    points = sorted({row.point for row in rows})
    users = {row.point: row.users for row in rows}
    models = list(dict.fromkeys((row.model, row.weight) for row in rows))
    places = {(row.model, row.weight, row.point): row for row in rows}
    return Table(
        title=f"NDCG@10 minus {rows[0].baseline}: {rows[0].domain}",
        heads=(Cell("known events"), *(Cell(point.label, f"n={users[point]:,}") for point in points)),
        rows=(
            (Cell(rows[0].baseline), *(_level(places.get((*models[0], point))) for point in points)),
            *(
                (Cell(_name(*model)), *(difference_cell(places.get((*model, point))) for point in points))
                for model in models
            ),
        ),
        note=(
            "First row: mean over users. The others: mean of the paired difference with its 95 % bootstrap interval, "
            "strong where the interval excludes zero."
        ),
    )


def _name(model: str, weight: float) -> str:
    return f"sources at {weight:g}" if model == JOINT else model


def _level(row: TransferRow | None) -> Cell:
    return Cell(NOTHING_TO_SAY if row is None else f"{row.level:.4f}")
