"""Reads the Open Bandit Dataset: what two policies of a fashion shop showed, and what was clicked.

Y. Saito, S. Aihara, M. Matsutani and Y. Narita (2021), "Open Bandit Dataset and Pipeline". A folder of it holds
``random/`` and ``bts/`` (uniform, and Bernoulli Thompson sampling), each with ``all/``, ``men/`` and ``women/``, each
with one CSV of rows shown at one of three places. Knows nothing of estimators.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_evaluation.errors import BanditDataError

Floats = NDArray[np.float64]
CAMPAIGNS = ("all", "men", "women")
_COLUMNS = {"item_id": pl.Int64, "position": pl.Int64, "click": pl.Float64, "propensity_score": pl.Float64}


class LoggingPolicy(StrEnum):
    """Who chose the items."""

    RANDOM = "random"
    THOMPSON = "bts"


@dataclass(frozen=True)
class BanditLog:
    """One policy's log of one campaign.

    Attributes:
        items: ``(n,)`` int64 from 0.
        places: ``(n,)`` int64 from 0.
        clicks: ``(n,)`` float64, 0 or 1.
        propensities: ``(n,)`` float64, how likely the item was at this place.
        item_count: how many items the campaign has.
        place_count: how many places an answer has.
    """

    items: NDArray[np.int64]
    places: NDArray[np.int64]
    clicks: Floats
    propensities: Floats
    item_count: int
    place_count: int

    @property
    def shape(self) -> tuple[int, int]:
        """Items, places."""
        return self.item_count, self.place_count

    def shown_shares(self) -> Floats:
        """``(items, places)``: how often each item was shown at each place, every place summing to 1."""
        shown = np.zeros(self.shape)
        np.add.at(shown, (self.items, self.places), 1.0)
        shares: Floats = shown / np.maximum(shown.sum(axis=0), 1.0)
        return shares


def read_open_bandit(folder: Path, policy: LoggingPolicy, campaign: str) -> BanditLog:
    """Reads one log.

    Raises:
        BanditDataError: the file is not there, or not what it should be.
    """
    path = folder / policy / campaign / f"{campaign}.csv"
    try:
        table = pl.read_csv(path, columns=list(_COLUMNS), schema_overrides=_COLUMNS)
    except (OSError, pl.exceptions.PolarsError) as error:
        told = str(error).splitlines()[0]
        raise BanditDataError(
            f"{path} cannot be read as a log of the Open Bandit Dataset ({told}); give the folder that holds "
            f"{' and '.join(LoggingPolicy)}"
        ) from error
    if table.is_empty() or table.null_count().sum_horizontal().item():
        raise BanditDataError(f"{path}: no row, or one that lacks one of {', '.join(_COLUMNS)}")
    items, places = table["item_id"].to_numpy(), table["position"].to_numpy() - 1
    if items.min() < 0 or places.min() < 0:
        raise BanditDataError(f"{path}: items are numbered from 0 and positions from 1")
    return BanditLog(
        items=items,
        places=places,
        clicks=table["click"].to_numpy(),
        propensities=table["propensity_score"].to_numpy(),
        item_count=int(items.max()) + 1,
        place_count=int(places.max()) + 1,
    )
