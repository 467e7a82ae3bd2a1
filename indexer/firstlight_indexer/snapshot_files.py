"""Writes a snapshot's files: items, vectors, labels, space, text encoder, index.

Knows the layout of a snapshot's files and nothing of how they are published or served.
"""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_encoder.mapped_weights import map_weights
from firstlight_encoder.onnx_encoder import MODEL_FILE
from firstlight_encoder.space import Space
from firstlight_indexer.catalogue import Catalogue, DeclarableName
from firstlight_store import ItemColumns, write_item_columns, write_vectors


def write_items(folder: Path, catalogue: Catalogue, *, rows: NDArray[np.float32], space: Space) -> None:
    """Writes items.parquet, its columns as servers map them, and vectors.safetensors.

    Args:
        folder: to write into.
        catalogue: the items.
        rows: ``(n, d + 1)`` float32, ``[v_i ; log p(i)]`` in the order of ``catalogue``.
        space: that the vectors are of.
    """
    frame = catalogue.frame.drop("image").with_columns(log_prior=pl.Series(rows[:, -1], dtype=pl.Float32))
    frame.write_parquet(folder / "items.parquet")
    write_item_columns(ItemColumns.of(frame), folder / "items")
    _write(folder / "vectors.safetensors", rows, name="items", space=space)


def write_labels(folder: Path, names: list[DeclarableName], *, vectors: NDArray[np.float32], space: Space) -> None:
    """Writes labels.parquet and labels.safetensors.

    Args:
        folder: to write into.
        names: what can be declared.
        vectors: ``(m, d)`` float32 unit rows, in the order of ``names``.
        space: that the vectors are of.
    """
    pl.DataFrame(
        {"kind": [name.kind for name in names], "name": [name.name for name in names], "row": range(len(names))},
        schema={"kind": pl.String, "name": pl.String, "row": pl.Int64},
    ).write_parquet(folder / "labels.parquet")
    _write(folder / "labels.safetensors", vectors, name="labels", space=space)


def write_model(folder: Path, space: Space, *, exported_encoder: Path) -> None:
    """Writes space/ and text/: the space, and a copy of the text encoder that it reads, its weights to be mapped."""
    space.save(folder / "space")
    shutil.copytree(exported_encoder, folder / "text")
    map_weights(folder / "text" / MODEL_FILE)


def _write(path: Path, rows: NDArray[np.float32], *, name: str, space: Space) -> None:
    write_vectors(
        path, rows, name=name, encoder_fingerprint=space.text_fingerprint, space_fingerprint=space.fingerprint
    )
