"""The candidates of newcomers: the union of what the dense space, the tables, the words and the prior offer each.

Knows nothing of features or of how a shortlist is ordered.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.neighbourhoods import Neighbourhoods
from firstlight_encoder.second_stage.seeker import Seeker

FROM_SPACE = 60
"""How many of the first stage's best items are considered."""

FROM_TABLE = 50
"""How many each neighbour table offers."""

FROM_WORDS = 50
"""How many a declared text offers."""

WHOLE_MATCH = 8.0
"""How many nats of prior an item that carries a whole declared text is worth beside one that carries none of it."""


def shortlists(side: CatalogueSide, seekers: Sequence[Seeker], near: Neighbourhoods) -> list[NDArray[np.int64]]:
    """The candidates of each, ``(c,)`` int64 catalogue rows, ascending, distinct; none that is dropped or not allowed.

    Args:
        side: the catalogue.
        seekers: of each the first ``FROM_SPACE`` rows found are taken.
        near: what the tables say of their recent events.
    """
    offered = [near.best(FROM_TABLE)]
    for place, seeker in enumerate(seekers):
        carriers = [rows.astype(np.int64) for rows in _carriers(side, seeker.known)]
        own: NDArray[np.int64] = np.concatenate([seeker.found[:FROM_SPACE], side.most_probable, *carriers])
        offered.append(own + (place * near.stride + 1))
    keys = np.concatenate(offered)
    keys.sort()
    new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys = keys[new]
    ends: list[int] = keys.searchsorted(near.stride * np.arange(len(seekers) + 1)).tolist()
    rows = (keys - 1) % near.stride
    parts = zip(seekers, ends[:-1], ends[1:], strict=True)
    return [_returnable(rows[start:end], seeker) for seeker, start, end in parts]


def _returnable(rows: NDArray[np.int64], seeker: Seeker) -> NDArray[np.int64]:
    kept = np.ones(len(rows), np.bool_) if seeker.allowed is None else seeker.allowed.take(rows)
    if len(seeker.dropped):
        place = rows.searchsorted(seeker.dropped)
        kept[place[rows.take(place, mode="clip") == seeker.dropped]] = False
    return rows[kept]


def _carriers(side: CatalogueSide, known: Known) -> Iterator[NDArray[np.int32]]:
    for text, weight in known.declared:
        if weight > 0:
            rows, match = side.lexicon.match(text)
            worth = WHOLE_MATCH * match + side.log_prior[rows]
            yield rows[np.argpartition(-worth, FROM_WORDS)[:FROM_WORDS]] if len(rows) > FROM_WORDS else rows
