"""Which of the names in ``[tags]`` fit which items of a catalogue, and how sure that is. Knows nothing of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tagging.catalogue_tags import CatalogueTags, stacked
from firstlight_encoder.tagging.known_tags import known_tags
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.scoring import TextTable
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.progress import Progress
from firstlight_indexer.tagging.tags_table import TagsTable
from firstlight_indexer.texts import encode_cached

_AT_ONCE = 8_192


@dataclass(frozen=True)
class TaggedItems:
    """m pairs of tag and item, by tag, the surest first.

    Attributes:
        names: all tags that were asked for.
        tags: ``(m,)`` int64, places in ``names``.
        rows: ``(m,)`` int64, of the catalogue.
        confidence: ``(m,)`` float64 in 0..1.
        least: the least confidence that was taken.
    """

    names: Sequence[str]
    tags: NDArray[np.int64]
    rows: NDArray[np.int64]
    confidence: NDArray[np.float64]
    least: float

    def by_item(self, count: int) -> list[list[str]]:
        """The names that fit each of ``count`` items, in the order of ``names``."""
        found = [list[str]() for _ in range(count)]
        tags: list[int] = self.tags.tolist()
        rows: list[int] = self.rows.tolist()
        for tag, row in zip(tags, rows, strict=True):
            found[row].append(self.names[tag])
        return found


def tag_items(
    catalogue: Catalogue,
    texts: TextTable,
    asked: TagsTable,
    *,
    encoder: TorchTextEncoder,
    cache: Path,
    progress: Progress,
) -> TaggedItems:
    """Tags every item of ``catalogue``, which holds one at least, by the vectors of its texts.

    Args:
        catalogue: the items.
        texts: their text vectors.
        asked: which tags, one at least, and how sure they must be.
        encoder: the encoder of ``texts``.
        cache: directory of its vectors.
        progress: told how many words are encoded.
    """
    titles = catalogue.frame["title"].to_list()
    known = known_tags(len(catalogue), title=titles.__getitem__, category=catalogue.categories.__getitem__)
    words = list(dict.fromkeys([*asked.names, *known.names, *known.texts]))
    rows = encode_cached(words, encoder, cache=cache, stage="encode tags", progress=progress).vectors
    vectors = dict(zip(words, rows, strict=True))
    fitted, tags = CatalogueTags.fitted(known, vectors), stacked(vectors, asked.names)
    bar = fitted.model.threshold if asked.least is None else asked.least
    starts = range(0, len(texts.vectors), _AT_ONCE)
    sure = np.concatenate([fitted.confidence(tags, texts.vectors[at : at + _AT_ONCE]) for at in starts], axis=1)
    return _fitting(asked.names, sure, texts.item_rows, bar)


def _fitting(names: Sequence[str], sure: NDArray[np.float64], item_rows: NDArray[np.int64], bar: float) -> TaggedItems:
    """``sure`` is ``(t, distinct texts)``; ``item_rows`` tells the text of each item."""
    tags: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float64]] = []
    for place in range(len(names)):
        of_items = sure[place, item_rows]
        fit = np.flatnonzero(of_items >= bar)
        fit = fit[np.argsort(-of_items[fit], kind="stable")]
        tags.append(np.full(len(fit), place, np.int64))
        rows.append(fit)
        values.append(of_items[fit])
    return TaggedItems(names, np.concatenate(tags), np.concatenate(rows), np.concatenate(values), bar)
