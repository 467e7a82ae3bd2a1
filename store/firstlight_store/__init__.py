"""The embedding store: snapshots on disk, vector indexes over them, item metadata, and a cache of text vectors.

It knows nothing of models, requests or wires. Other packages import from here only.
"""

from firstlight_store.allowed_rows import AllowedRows
from firstlight_store.canary_pointer import SMALLEST_SHARE, Canary
from firstlight_store.embedded_events import embedded_events
from firstlight_store.errors import (
    CanaryIsCurrent,
    CurrentMoved,
    DurabilityLost,
    EncodingInvalid,
    FaissUnavailable,
    FileCorrupt,
    FileMissing,
    FileUnexpected,
    FileUnsafe,
    FingerprintMismatch,
    IndexInputInvalid,
    InvalidNameError,
    ItemTableInvalid,
    KeyInvalid,
    LayoutMismatch,
    ManifestInvalid,
    NothingToRollBack,
    RecallTooLow,
    SignatureInvalid,
    SignatureMissing,
    SnapshotNotFound,
    SnapshotRefused,
    StoreError,
    TenantNotFound,
    UnsupportedFormat,
    WriterClosed,
)
from firstlight_store.exact_index import ExactIndex
from firstlight_store.faiss_index import FaissIndex
from firstlight_store.filesystem import FileSystem
from firstlight_store.index_build import BuiltIndex, build_index
from firstlight_store.index_settings import FEWEST_PRODUCT_ROWS, IndexKind, IndexReport, IndexSettings
from firstlight_store.item_columns import ItemColumns
from firstlight_store.item_columns_file import write_item_columns
from firstlight_store.item_filter import EVERYTHING, AttributeCondition, ItemFilter
from firstlight_store.item_table import ItemTable
from firstlight_store.label_table import LabelKind, LabelTable
from firstlight_store.manifest import FileEntry, Manifest, SnapshotFacts
from firstlight_store.recall import recall
from firstlight_store.safetensors_file import map_matrix, write_vectors
from firstlight_store.signature import PublicKeys, SigningKey
from firstlight_store.snapshot import Snapshot
from firstlight_store.snapshot_store import SnapshotStore
from firstlight_store.snapshot_writer import SnapshotWriter
from firstlight_store.tenant_directory import tenants
from firstlight_store.vector_cache import CachedVectors, VectorCache
from firstlight_store.vector_index import NO_ROW, Hits, VectorIndex

__all__ = [
    "EVERYTHING",
    "FEWEST_PRODUCT_ROWS",
    "NO_ROW",
    "SMALLEST_SHARE",
    "AllowedRows",
    "AttributeCondition",
    "BuiltIndex",
    "CachedVectors",
    "Canary",
    "CanaryIsCurrent",
    "CurrentMoved",
    "DurabilityLost",
    "EncodingInvalid",
    "ExactIndex",
    "FaissIndex",
    "FaissUnavailable",
    "FileCorrupt",
    "FileEntry",
    "FileMissing",
    "FileSystem",
    "FileUnexpected",
    "FileUnsafe",
    "FingerprintMismatch",
    "Hits",
    "IndexInputInvalid",
    "IndexKind",
    "IndexReport",
    "IndexSettings",
    "InvalidNameError",
    "ItemColumns",
    "ItemFilter",
    "ItemTable",
    "ItemTableInvalid",
    "KeyInvalid",
    "LabelKind",
    "LabelTable",
    "LayoutMismatch",
    "Manifest",
    "ManifestInvalid",
    "NothingToRollBack",
    "PublicKeys",
    "RecallTooLow",
    "SignatureInvalid",
    "SignatureMissing",
    "SigningKey",
    "Snapshot",
    "SnapshotFacts",
    "SnapshotNotFound",
    "SnapshotRefused",
    "SnapshotStore",
    "SnapshotWriter",
    "StoreError",
    "TenantNotFound",
    "UnsupportedFormat",
    "VectorCache",
    "VectorIndex",
    "WriterClosed",
    "build_index",
    "embedded_events",
    "map_matrix",
    "recall",
    "tenants",
    "write_item_columns",
    "write_vectors",
]
