"""What an evaluation works on: the split events, the declarable names and the raw text vectors.

Knows nothing of files or models.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.labels import Labels
from firstlight_encoder.split import UserSplit


@dataclass(frozen=True)
class Material:
    """One domain, ready to be evaluated on.

    Attributes:
        name: what reports call the domain.
        split: the users to learn from, to tune on and to test on.
        labels: what can be declared, and which items carry it.
        item_vectors: ``(items, text_d)`` float32, unit rows: the text encoder before any training.
        label_vectors: ``(labels, text_d)`` float32, unit rows: the labels' prompts through the same encoder.
        notice: what must be shown wherever the domain's numbers are, or None.
        titles: of the items, by row; without them nobody searches titles.
    """

    name: str
    split: UserSplit
    labels: Labels
    item_vectors: NDArray[np.float32]
    label_vectors: NDArray[np.float32]
    notice: str | None = None
    titles: tuple[str, ...] = ()
