"""What a ranker is trained over: a trained first stage with its labels and its prior, and the catalogue.

Knows nothing of users.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.labels import Labels
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.space import Space


@dataclass(frozen=True, kw_only=True)
class RankingMaterial:
    """A first stage, ready.

    Attributes:
        space: adaptor, tower and calibration.
        side: the catalogue, with its tables.
        labels: what can be declared.
        label_vectors: ``(m, d)`` float32 unit rows of the labels.
        prior: of which every case sees the table of its moment.
    """

    space: Space
    side: CatalogueSide
    labels: Labels
    label_vectors: NDArray[np.float32]
    prior: PriorTimeline

    @cached_property
    def shares(self) -> LabelShares:
        """The labels beside every table of the prior."""
        return LabelShares(self.labels, self.prior.tables)
