"""The cut-down form of a text encoder, trained once for every catalogue, encoder and choice of cuts.

Knows nothing of what the loss costs.
"""

import hashlib
from dataclasses import astuple
from pathlib import Path

import numpy as np

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.compression.compress import compress
from firstlight_encoder.compression.compression_settings import CompressionSettings
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.progress import Progress
from firstlight_indexer.replace_folder import replaced_folder
from firstlight_indexer.texts import EncodedTexts


def compressed_encoder(
    full: Checkpoint,
    catalogue: Catalogue,
    texts: EncodedTexts,
    *,
    settings: CompressionSettings,
    cache: Path,
    progress: Progress,
) -> Checkpoint:
    """``full`` cut down as ``settings`` say, trained on the texts of items and names; made now if not there yet.

    Args:
        full: the encoder that made ``texts``.
        catalogue: the items.
        texts: their vectors, and those of the names.
        settings: what to cut, and how to train.
        cache: where the folders of cut-down encoders are kept.
        progress: told the steps of training.

    Raises:
        CheckpointError: if ``full`` is not BERT-like.
    """
    vectors = np.concatenate([texts.table.vectors, texts.table.label_vectors])
    row_of = {text: row for row, text in enumerate([*dict.fromkeys(catalogue.texts), *catalogue.names.prompts])}
    rows = list(row_of.values())
    digest = hashlib.sha256(repr((full.fingerprint, astuple(settings), list(row_of))).encode()).hexdigest()
    folder = cache / digest[:16]
    if not folder.is_dir():
        with replaced_folder(folder) as fresh:
            compress(
                full,
                fresh,
                texts=list(row_of),
                vectors=vectors[rows],
                settings=settings,
                progress=lambda step, steps: progress("train the smaller encoder", step, steps),
            )
    return Checkpoint.open(folder)
