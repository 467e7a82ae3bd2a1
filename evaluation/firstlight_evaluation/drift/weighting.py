"""What weighing the short horizon is worth: NDCG@10 at every moment of journeys, under several readings of the past.

Knows nothing of intervals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case, Scorer
from firstlight_encoder.ranking_quality import CUT, best_first, ndcg
from firstlight_encoder.tokens import TokenType
from firstlight_evaluation.drift.journeys import Journey, Moment

Reading = Callable[[Moment], int]
"""How many of a moment's latest events the model reads."""

_CASES_AT_ONCE = 128


@dataclass(frozen=True)
class Judged:
    """NDCG@10 of some journeys' moments.

    Attributes:
        users: ``(m,)`` int64, whose journey each moment is of.
        since: ``(m,)`` int64, events since the shift.
        far: ``(m,)`` bool, whether the journey is spliced of users who differ more than most.
        heeded: ``(m,)`` bool, whether answers would heed a shift.
        values: by reading, ``(m,)`` float64.
    """

    users: NDArray[np.int64]
    since: NDArray[np.int64]
    far: NDArray[np.bool_]
    heeded: NDArray[np.bool_]
    values: Mapping[str, NDArray[np.float64]]


def judge(
    journeys: Sequence[Journey],
    scorer: Scorer,
    *,
    readings: Mapping[str, Reading],
    heeds: Callable[[Moment], bool],
) -> Judged:
    """Scores every moment under every reading; where two read the same, once."""
    moments = [(journey, moment) for journey in journeys for moment in journey.moments()]
    lengths = {name: [read(moment) for _, moment in moments] for name, read in readings.items()}
    asked = sorted({(place, length) for own in lengths.values() for place, length in enumerate(own)})
    found = dict(zip(asked, _scored(scorer, [(moments[place][1], length) for place, length in asked]), strict=True))
    return Judged(
        users=np.array([journey.user for journey, _ in moments], np.int64),
        since=np.array([moment.since for _, moment in moments], np.int64),
        far=np.array([journey.far for journey, _ in moments], np.bool_),
        heeded=np.array([heeds(moment) for _, moment in moments], np.bool_),
        values={name: np.array([found[one] for one in enumerate(own)]) for name, own in lengths.items()},
    )


def _scored(scorer: Scorer, asked: Sequence[tuple[Moment, int]]) -> list[float]:
    """NDCG@10 of each moment whose latest so many events are read; none of all its items is shown."""
    found: list[float] = []
    for start in range(0, len(asked), _CASES_AT_ONCE):
        part = asked[start : start + _CASES_AT_ONCE]
        for scores, (moment, _) in zip(scorer.score([_case(*one) for one in part]), part, strict=True):
            ranking = best_first(scores, count=CUT + len(moment.rows))
            found.append(ndcg(ranking, history=moment.rows, targets=moment.targets))
    return found


def _case(moment: Moment, length: int) -> Case:
    rows = moment.rows[-length:]
    return Case(
        user=0,
        history=rows,
        types=np.full(len(rows), int(TokenType.PURCHASE)),
        gaps_h=np.zeros(len(rows), np.float32),
        weights=np.ones(len(rows), np.float32),
        declared=(),
        targets=moment.targets,
    )
