"""How sure tags are of items of one catalogue, by the text encoder's own vectors; servers and builds ask it alike.

Those vectors are compared before the space turns them towards what people take: on held-out categories they tell tags
better. Knows nothing of encoders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tagging.known_tags import KnownTags
from firstlight_encoder.tagging.tag_model import TagModel, fit_tags

_WITHOUT_LABELS = TagModel(np.array([5.8, 0.49, -6.2]), 0.21)
"""Where a catalogue has no categories to calibrate on: as fitted on Complete Journey."""

Vectors = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class CatalogueTags:
    """A curve, and what it holds a tag against.

    Attributes:
        model: the curve and its threshold.
        catalogue: ``(c, d)`` float32, unit rows of items of the catalogue at large.
    """

    model: TagModel
    catalogue: NDArray[np.float32]

    @classmethod
    def fitted(cls, known: KnownTags, vectors: Vectors) -> "CatalogueTags":
        """The curve by which the catalogue's own categories, read as tags, come out best.

        Args:
            known: what the catalogue says of itself.
            vectors: by text, ``(d,)`` float32 unit rows of all names and texts of ``known``.
        """
        at_large = stacked(vectors, known.texts)
        if not known.can_calibrate:
            return cls(_WITHOUT_LABELS, at_large)
        return cls(fit_tags(stacked(vectors, known.names), at_large, at_large, known.holds), at_large)

    def confidence(self, tags: NDArray[np.float32], items: NDArray[np.float32]) -> NDArray[np.float64]:
        """How sure it is that each tag holds of each item, ``(t, n)`` float64 in 0..1.

        Args:
            tags: ``(t, d)`` float32, unit rows.
            items: ``(n, d)`` float32, unit rows.
        """
        return self.model.confidence(tags, items, self.catalogue)


def stacked(vectors: Vectors, texts: Sequence[str]) -> NDArray[np.float32]:
    """``(n, d)`` float32, the vectors of ``texts``, of which there is one at least."""
    return np.stack([vectors[text] for text in texts])
