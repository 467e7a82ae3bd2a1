"""Which files every snapshot holds, and whether their shapes and fingerprints fit its facts.

Only safetensors headers and the manifest's own facts are read; Parquet, FAISS and ONNX stay closed.
"""

from pathlib import Path
from typing import Final

from firstlight_store.errors import FileMissing, FingerprintMismatch, LayoutMismatch
from firstlight_store.manifest import SnapshotFacts
from firstlight_store.safetensors_file import MatrixHeader, read_matrix_header

ITEMS_TABLE: Final = "items.parquet"
ITEMS_COLUMNS: Final = "items"
LAST_COLUMN: Final = "items/attributes.npy"
"""Snapshots older than it are read from items.parquet."""
ITEMS_VECTORS: Final = "vectors.safetensors"
ITEMS_TENSOR: Final = "items"
LABELS_TABLE: Final = "labels.parquet"
LABELS_VECTORS: Final = "labels.safetensors"
LABELS_TENSOR: Final = "labels"
INDEX: Final = "index.faiss"
REQUIRED: Final = (ITEMS_TABLE, ITEMS_VECTORS, LABELS_TABLE, LABELS_VECTORS, INDEX)


def require_layout(directory: Path, facts: SnapshotFacts) -> None:
    """Check that vectors, labels and index are those that `facts` describe.

    Raises:
        FileMissing: a required file is absent.
        LayoutMismatch: a shape, count or dimension differs.
        FingerprintMismatch: vectors stem from another encoder or space than the manifest names.
    """
    for name in REQUIRED:
        if not (directory / name).is_file():
            raise FileMissing(f"{directory} lacks {name}, which every snapshot holds; write it before the commit")
    items = read_matrix_header(directory / ITEMS_VECTORS)
    labels = read_matrix_header(directory / LABELS_VECTORS)
    _require_shape(directory / ITEMS_VECTORS, items, name=ITEMS_TENSOR, shape=(facts.item_count, facts.dimension))
    label_shape = (facts.label_count, facts.dimension - 1)
    _require_shape(directory / LABELS_VECTORS, labels, name=LABELS_TENSOR, shape=label_shape)
    for path, header in ((directory / ITEMS_VECTORS, items), (directory / LABELS_VECTORS, labels)):
        _require_fingerprint(path, header, "encoder_fingerprint", facts.encoder_fingerprint)
        _require_fingerprint(path, header, "space_fingerprint", facts.space_fingerprint)
    _require_index_facts(directory / INDEX, facts)


def _require_shape(path: Path, header: MatrixHeader, *, name: str, shape: tuple[int, int]) -> None:
    actual = (header.name, (header.rows, header.columns))
    if actual != (name, shape):
        raise LayoutMismatch(f"{path} holds {actual[0]!r} {actual[1]}, the manifest says {name!r} {shape}; rebuild it")


def _require_fingerprint(path: Path, header: MatrixHeader, key: str, expected: str) -> None:
    actual = header.metadata.get(key)
    if actual != expected or not expected:
        raise FingerprintMismatch(
            f"{path} was made with {key} {actual!r}, the manifest says {expected!r}; rebuild both with `make index`"
        )


def _require_index_facts(path: Path, facts: SnapshotFacts) -> None:
    expected = (facts.item_count, facts.dimension)
    actual = (facts.index.get("rows"), facts.index.get("dimension"))
    if actual != expected:
        raise LayoutMismatch(f"{path} was built over {actual} rows and columns, the items are {expected}; rebuild it")
