"""Cases with their shortlists' features, as a server would compute them. Knows nothing of rankers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.second_stage.candidates import Candidates
from firstlight_encoder.second_stage.case_known import case_seeker
from firstlight_encoder.second_stage.first_stage import first_stages
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.second_stage import SecondStage
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.training.second_stage.ranker_cases import RankerCase
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial

_AT_ONCE = 64


@dataclass(frozen=True)
class DescribedCase:
    """One case.

    Attributes:
        of: the case.
        known: the same, as the second stage reads it.
        candidates: its shortlist.
        hits: ``(c,)`` bool, which candidates were taken.
        complete: whether all cases of its user are told, those whose shortlist holds nothing they took included.
    """

    of: RankerCase
    known: Known
    candidates: Candidates
    hits: NDArray[np.bool_]
    complete: bool = True


def described_cases(
    cases: Sequence[RankerCase],
    material: RankingMaterial,
    stage: SecondStage,
    *,
    progress: Callable[[int, int], object],
) -> Iterator[DescribedCase]:
    """The cases, those of one moment's prior after those of another.

    Args:
        cases: of users who trained nothing else.
        material: the first stage.
        stage: the second, of any method.
        progress: told how many cases are done, and of how many.
    """
    tables = material.prior.at(np.array([one.case.time_h for one in cases]))
    done = 0
    for table in np.unique(tables).tolist():
        then = stage.with_prior(material.prior.tables[table])
        own = [cases[place] for place in np.flatnonzero(tables == table).tolist()]
        for start in range(0, len(own), _AT_ONCE):
            part = own[start : start + _AT_ONCE]
            described = _described_batch(part, material, then, moment=table)
            yield from described
            done += len(part)
            progress(done, len(cases))


def _described_batch(
    part: Sequence[RankerCase], material: RankingMaterial, stage: SecondStage, *, moment: int
) -> list[DescribedCase]:
    seekers = seeking([one.case for one in part], material, stage, moment=moment)
    return [
        DescribedCase(one, seeker.known, own, np.isin(own.rows, one.case.targets))
        for one, seeker, own in zip(part, seekers, stage.candidates(seekers), strict=True)
    ]


def seeking(cases: Sequence[Case], material: RankingMaterial, stage: SecondStage, *, moment: int = -1) -> list[Seeker]:
    """``cases`` as a server would have them.

    Args:
        cases: what is known.
        material: the first stage.
        stage: the second; its prior is that of the moment.
        moment: which table of the prior holds.
    """
    vectors = {"item_vectors": stage.side.rows[:, :-1], "label_vectors": material.label_vectors}
    tokens = [case_tokens(case, **vectors) for case in cases]
    firsts = first_stages(material.space, cases, tokens, shares=material.shares, moment=moment)
    scores = np.stack([first.query for first in firsts]) @ stage.side.rows.T
    for own, first in zip(scores, firsts, strict=True):
        own[first.lift.rows] += first.lift.values
    return [case_seeker(*each, labels=material.labels) for each in zip(cases, firsts, scores, strict=True)]
