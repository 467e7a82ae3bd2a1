"""The candidates of one newcomer: the union of what the dense space, the tables, the words and the prior offer.

Knows nothing of features or of how the shortlist is ordered.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.known import Known

FROM_SPACE = 60
"""How many of the first stage's best items are considered."""

FROM_TABLE = 50
"""How many each neighbour table offers."""

FROM_WORDS = 50
"""How many a declared text offers."""

WHOLE_MATCH = 8.0
"""How many nats of prior an item that carries a whole declared text is worth beside one that carries none of it."""


def shortlist(side: CatalogueSide, known: Known, found: NDArray[np.int64]) -> NDArray[np.int64]:
    """The candidates, ``(c,)`` int64 catalogue rows, ascending, distinct; those of ``known`` itself may be among them.

    Args:
        side: the catalogue.
        known: the newcomer.
        found: the first stage's rows, best first; the first ``FROM_SPACE`` are taken.
    """
    return np.unique(np.concatenate([found[:FROM_SPACE], side.most_probable, *_offers(side, known)])).astype(np.int64)


def _offers(side: CatalogueSide, known: Known) -> Iterator[NDArray[np.int32]]:
    if len(known.recent):
        for table in side.tables.values():
            yield table.candidates(known.recent, most=FROM_TABLE)
    for text, weight in known.declared:
        if weight > 0:
            rows, match = side.lexicon.match(text)
            worth = WHOLE_MATCH * match + side.log_prior[rows]
            yield rows[np.argpartition(-worth, FROM_WORDS)[:FROM_WORDS]] if len(rows) > FROM_WORDS else rows
