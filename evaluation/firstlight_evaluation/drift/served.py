"""A published snapshot's model as a scorer, and the users by whom it may be judged.

Knows nothing of shifts.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_encoder.cases import Scorer
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_encoder.second_stage.second_stage_file import read_second_stage
from firstlight_encoder.space import Space
from firstlight_encoder.split import split_users
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.two_stage_scorer import TwoStageScorer
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.pipeline_settings import pipeline_settings
from firstlight_store import Snapshot


@dataclass(frozen=True)
class Served:
    """One snapshot, and two sets of users who have none in common.

    Attributes:
        scorer: ranks as a server would.
        vectors: ``(items, d)`` float32, unit rows.
        train: users whom its training saw, as rows of the snapshot.
        judges: users whom it did not, or who only chose a few numbers of it.
    """

    scorer: Scorer
    vectors: NDArray[np.float32]
    train: Interactions
    judges: Interactions


def served(snapshot: Snapshot, domain: DomainFile, *, workdir: Path, users: DomainFile | None) -> Served:
    """The snapshot that ``domain`` was published as.

    Args:
        snapshot: open; its arrays stay mapped.
        domain: what it was built from.
        workdir: of that build.
        users: another domain over some of the same items: those of its users judge whom ``domain`` does not have.
            None: those whom the build held out.

    Raises:
        NoCasesError: if nobody is left to judge by.
    """
    rows = np.asarray(snapshot.items_vectors())
    ids = list(snapshot.items().ids)
    cleaned = clean(domain, workdir / "clean")
    log, settings = _over(ids, cleaned), pipeline_settings(domain).train
    split = split_users(
        log, seed=settings.seed, validation_share=settings.validation_share, test_share=0.0, time_quantile=None
    )
    judges = split.validation if users is None else _others(ids, users, workdir, known=log.user_ids)
    if not len(judges):
        raise NoCasesError(
            f"nobody in {(users or domain).path} has an event that {snapshot.id} knows and was not built from"
        )
    silent = Labels((), (), (), np.zeros(len(rows) + 1, np.int64), np.zeros(0, np.int64), asked=0)
    space = Space.load(snapshot.path("space"))
    stage = read_second_stage(snapshot.path("second_stage"), rows=rows)
    nothing = np.zeros((0, space.dimension), np.float32)
    scorer = TwoStageScorer(space, stage, labels=silent, label_vectors=nothing)
    return Served(scorer, rows[:, :-1], split.train, judges)


def _others(ids: list[str], users: DomainFile, workdir: Path, *, known: tuple[str, ...]) -> Interactions:
    log = _over(ids, clean(users, workdir / f"clean-{users.name}"))
    return log.select_users(~np.isin(np.array(log.user_ids), np.array(known)))


def _over(ids: list[str], cleaned: CleanDomain) -> Interactions:
    """The events of a cleaned domain as rows of the snapshot; events of items it lacks are left out."""
    frame = pl.DataFrame({"item_id": ids}, schema={"item_id": pl.Utf8})
    return read_interactions(cleaned, Catalogue(frame, cleaned.categories))
