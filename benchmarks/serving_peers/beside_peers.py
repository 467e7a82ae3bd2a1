"""Firstlight beside other people's servers and vector databases: the same answers, how many a second, at what cost.

Two tasks over one snapshot's first stage: a text never heard before, and five known events. Knows no contender.
"""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import Progress

from benchmarks.measure import Row
from benchmarks.reordered import publish_reordered
from benchmarks.serve import LOGS
from benchmarks.serving_peers.contenders import event_contenders, text_contenders
from benchmarks.serving_peers.contest import hold
from benchmarks.serving_peers.exact_answers import exact_answers
from benchmarks.serving_peers.exchange import write_exchange
from benchmarks.serving_peers.questions import event_questions, histories, text_questions
from benchmarks.setting import Setting
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_store import Snapshot, SnapshotStore


def measure_beside_peers(setting: Setting, progress: Progress) -> list[Row]:
    """The rows of both tasks; see `contest.hold`.

    Raises:
        AbsentError: Firstlight could not be started.
        WrongAnswerError: Firstlight answers other than exact search does.
        LoadError: a call was not answered.
    """
    items = setting.items()
    with (
        SnapshotStore(setting.data_dir, setting.tenant).open(None) as snapshot,
        _first_stage(setting, snapshot) as data,
    ):
        exchange = LOGS / "serving_peers" / snapshot.id
        write_exchange(snapshot, exchange.absolute(), histories=histories(items, seed=1))
        found: list[Row] = []
        for task, questions, contenders in (
            ("new text", text_questions(snapshot, items), text_contenders),
            ("five events", event_questions(items), event_contenders),
        ):
            who = contenders(data, exchange.absolute(), tenant=setting.tenant)
            found += hold(task, who, questions, exact_answers(snapshot, questions), progress)
    return found


@contextmanager
def _first_stage(setting: Setting, snapshot: Snapshot) -> Generator[Path]:
    """A data directory whose snapshot the first stage ranks alone, as no peer has a second one."""
    if not snapshot.has("second_stage"):
        yield setting.data_dir
        return
    with tempfile.TemporaryDirectory() as folder:
        publish_reordered(snapshot, Method.SPACE, data_dir=Path(folder), tenant=setting.tenant)
        yield Path(folder)
