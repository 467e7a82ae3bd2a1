"""The report of a study of shifts.

    <reports>/<domain>/drift.json             every figure
    <reports>/<domain>/drift.md, .svg, .png   for people

Knows nothing of how the numbers came about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from firstlight_evaluation.drift.detection import Detection
from firstlight_evaluation.drift.plot import drift_plot
from firstlight_evaluation.drift.study import DriftStudy, Worth
from firstlight_evaluation.report.layout import NOTHING_TO_SAY, Cell, Table
from firstlight_evaluation.report.study_files import study_page, write_study


@dataclass(frozen=True)
class DriftReport:
    """What is reported of one domain.

    Attributes:
        domain: its name.
        study: what was found.
        facts: what else a reader needs to repeat the run; JSON values.
        notice: what must be shown wherever the numbers are, or None.
    """

    domain: str
    study: DriftStudy
    facts: Mapping[str, object]
    notice: str | None

    def tables(self) -> list[Table]:
        """Worth first, then detection."""
        study = self.study
        return [
            _worths([one for one in study.worths if one.since is None]),
            _detections(study.detections, "The detector at several thresholds"),
            _detections(study.compared, "Beside river's detectors, at equal shares of users falsely alarmed"),
        ]

    def write(self, directory: Path) -> list[Path]:
        """Writes every file into ``directory`` (made if missing), replacing those of an earlier run."""
        content = {"domain": self.domain, "notice": self.notice, **self.facts, **asdict(self.study)}
        plot = drift_plot(self.domain, self.study.worths)
        return write_study(directory / "drift", content=content, page=self._page(), plot=plot)

    def _page(self) -> str:
        introduction = (
            "What happens when interests shift: users spliced from two real users, so that the shift is known, beside "
            "users as they are. Nobody here was among the users that the snapshot was trained on. Times are left out. "
            f"Snapshot {self.facts.get('snapshot_id')}.\n\n![NDCG@10 after a shift](drift.svg)"
        )
        title = f"Shifts of interest: {self.domain}"
        return study_page(self.tables(), title=title, introduction=introduction, notice=self.notice)


def _worths(worths: Sequence[Worth]) -> Table:
    heads = ("moments", "reading", "NDCG@10, all events", "difference", "ratio", "shift heeded", "users", "moments")
    return Table(
        title="NDCG@10 against reading all events",
        heads=tuple(Cell(head) for head in heads),
        rows=tuple(_worth(one) for one in worths),
        note=(
            "Mean over users of the paired difference with its 95 % bootstrap interval over users; strong where it "
            "excludes zero. After 1, 2, 3, 5, 8 and 12 events since the shift, whether it was noticed or not; of users "
            "not spliced, at the same places. The target is the next basket's new items."
        ),
    )


def _worth(one: Worth) -> tuple[Cell, ...]:
    gain = one.difference
    return (
        Cell(one.group),
        Cell(one.reading),
        Cell(f"{one.level:.4f}"),
        Cell(f"{gain.value:+.4f}", f"{gain.low:+.4f} to {gain.high:+.4f}", strong=gain.excludes_zero),
        Cell(NOTHING_TO_SAY if one.ratio is None else f"{one.ratio - 1:+.1%}"),
        Cell(f"{one.heeded:.0%}"),
        Cell(f"{one.users:,}"),
        Cell(f"{one.moments:,}"),
    )


def _detections(detections: Sequence[Detection], title: str) -> Table:
    heads = ("detector", "threshold", "false: moments", "false: users", "shifts noticed", "median delay, events")
    return Table(
        title=title,
        heads=tuple(Cell(head) for head in heads),
        rows=tuple(
            (
                Cell(one.name),
                Cell(f"{one.threshold:.3g}"),
                Cell(f"{one.false_moments:.1%}"),
                Cell(f"{one.false_users:.1%}"),
                Cell(f"{one.found:.1%}"),
                Cell(NOTHING_TO_SAY if one.delay is None else f"{one.delay:g}"),
            )
            for one in detections
        ),
        note=(
            "Shifts are splices of users who differ more than most pairs, noticed within 12 events. False: users as "
            "they are, over as many events; real users shift too, so some of these alarms are none."
        ),
    )
