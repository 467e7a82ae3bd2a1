"""Text vectors of a catalogue and its names, through the content-hash cache: nothing is encoded twice.

Knows nothing of training.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.scoring import TextTable
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.progress import Progress
from firstlight_store import CachedVectors, VectorCache


@dataclass(frozen=True)
class EncodedTexts:
    """What the text encoder says of a catalogue.

    Attributes:
        table: distinct item texts, and ``Catalogue.names``.
        item_texts_encoded: distinct item texts that the cache did not hold.
        texts_encoded: distinct texts of any kind that the cache did not hold.
    """

    table: TextTable
    item_texts_encoded: int
    texts_encoded: int


def encode_texts(catalogue: Catalogue, encoder: TorchTextEncoder, *, cache: Path, progress: Progress) -> EncodedTexts:
    """Encodes every distinct text of ``catalogue`` that ``cache`` does not hold.

    Args:
        catalogue: whose items and names to encode.
        encoder: the text encoder.
        cache: directory of the cache; several encoders may share it.
        progress: told how many distinct texts are encoded.
    """
    row_of = {text: row for row, text in enumerate(dict.fromkeys(catalogue.texts))}
    items = encode_cached(list(row_of), encoder, cache=cache, stage="encode items", progress=progress)
    names = encode_cached(catalogue.names.prompts, encoder, cache=cache, stage="encode names", progress=progress)
    item_rows = np.fromiter((row_of[text] for text in catalogue.texts), np.int64, len(catalogue))
    return EncodedTexts(
        table=TextTable(items.vectors, item_rows, names.vectors),
        item_texts_encoded=items.encoded_count,
        texts_encoded=items.encoded_count + names.encoded_count,
    )


def encode_cached(
    texts: Sequence[str], encoder: TorchTextEncoder, *, cache: Path, stage: str, progress: Progress
) -> CachedVectors:
    """The vectors of ``texts``; those that ``cache`` does not hold are encoded, and ``stage`` says how many."""
    vectors = VectorCache(cache, fingerprint=encoder.fingerprint, dimension=encoder.dimension)
    return vectors.get_or_encode(texts, encoder.encode, on_progress=lambda done, total: progress(stage, done, total))
