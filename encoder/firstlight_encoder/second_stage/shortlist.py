"""The candidates of one newcomer: the union of what the dense space, the tables, the words and the prior offer.

Knows nothing of features or of how the shortlist is ordered.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.neighbourhood import Neighbourhood

FROM_SPACE = 60
"""How many of the first stage's best items are considered."""

FROM_TABLE = 50
"""How many each neighbour table offers."""

FROM_WORDS = 50
"""How many a declared text offers."""

WHOLE_MATCH = 8.0
"""How many nats of prior an item that carries a whole declared text is worth beside one that carries none of it."""


def shortlist(side: CatalogueSide, known: Known, found: NDArray[np.int64], *, near: Neighbourhood) -> NDArray[np.int64]:
    """The candidates, ``(c,)`` int64 catalogue rows, ascending, distinct; those of ``known`` itself may be among them.

    Args:
        side: the catalogue.
        known: the newcomer.
        found: the first stage's rows, best first; the first ``FROM_SPACE`` are taken.
        near: what the tables say of the newcomer's recent events.
    """
    offers: list[NDArray[np.signedinteger]] = [near.best(FROM_TABLE), *_carriers(side, known)]
    rows: NDArray[np.int64] = np.concatenate([found[:FROM_SPACE], side.most_probable, *offers], dtype=np.int64)
    rows.sort()
    kept = np.ones(len(rows), np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=kept[1:])
    return rows[kept]


def _carriers(side: CatalogueSide, known: Known) -> Iterator[NDArray[np.int32]]:
    for text, weight in known.declared:
        if weight > 0:
            rows, match = side.lexicon.match(text)
            worth = WHOLE_MATCH * match + side.log_prior[rows]
            yield rows[np.argpartition(-worth, FROM_WORDS)[:FROM_WORDS]] if len(rows) > FROM_WORDS else rows
