# ruff: noqa: N818 - the names say what happened, as the rest of the product refers to them
"""Everything that the embedding store raises on purpose; it knows nothing of who asked, or over which wire.

StoreError
├── InvalidNameError          a tenant or snapshot id that could leave its directory
├── TenantNotFound            no such tenant under the root
├── SnapshotNotFound          no such snapshot, or nothing is current
├── NothingToRollBack         no earlier snapshot is left
├── CurrentMoved              somebody else changed CURRENT first
├── CanaryIsCurrent           the canary would be what everybody is answered by already
├── WriterClosed              a writer was used after its commit or its failure
├── DurabilityLost            an fsync failed: stop this process
├── SnapshotRefused           a snapshot that must not be served; `.reason` is a stable word for counters
│   ├── ManifestInvalid       "manifest"
│   ├── UnsupportedFormat     "format"
│   ├── SignatureMissing      "unsigned"
│   ├── SignatureInvalid      "signature"
│   ├── FileMissing           "missing_file"
│   ├── FileUnexpected        "unexpected_file"
│   ├── FileUnsafe            "unsafe_file"
│   ├── FileCorrupt           "checksum"
│   ├── LayoutMismatch        "layout"
│   └── FingerprintMismatch   "fingerprint"
├── KeyInvalid                a key file that is none
├── FaissUnavailable          no FAISS, or two distributions that own it
├── IndexInputInvalid         rows, queries or settings that cannot be indexed or searched
├── RecallTooLow              the built index is worse than the floor
├── ItemTableInvalid          items.parquet breaks its contract
└── EncodingInvalid           an encode function returned what cannot be cached
"""

from typing import ClassVar


class StoreError(Exception):
    """Base of everything the store raises on purpose."""


class InvalidNameError(StoreError, ValueError):
    """A tenant or snapshot id does not match its strict pattern."""


class TenantNotFound(StoreError):
    """The root holds no directory for this tenant."""


class SnapshotNotFound(StoreError):
    """The snapshot does not exist, or no snapshot is current yet."""


class NothingToRollBack(StoreError):
    """No earlier snapshot of this tenant is left on disk."""


class CurrentMoved(StoreError):
    """CURRENT is no longer the snapshot that the caller meant to replace."""


class CanaryIsCurrent(StoreError):
    """The canary would be the snapshot that everybody is answered by already."""


class WriterClosed(StoreError):
    """The snapshot writer has committed, failed or left its `with` block."""


class DurabilityLost(StoreError):
    """An fsync failed, so what the disk holds is unknown: stop this process and never retry the write in it."""


class SnapshotRefused(StoreError):
    """A snapshot that must not be served. `reason` is a stable word for counters and alerts."""

    reason: ClassVar[str] = "refused"


class ManifestInvalid(SnapshotRefused):
    """manifest.json is absent, damaged, or not the manifest of this directory."""

    reason = "manifest"


class UnsupportedFormat(SnapshotRefused):
    """The snapshot was written in a format or with a metric that this version does not read."""

    reason = "format"


class SignatureMissing(SnapshotRefused):
    """Only signed snapshots are trusted, and this one is not signed."""

    reason = "unsigned"


class SignatureInvalid(SnapshotRefused):
    """The signature is not a trusted key's over this manifest."""

    reason = "signature"


class FileMissing(SnapshotRefused):
    """A file that the manifest lists, or that every snapshot needs, is not there."""

    reason = "missing_file"


class FileUnexpected(SnapshotRefused):
    """A file or directory that the manifest does not list."""

    reason = "unexpected_file"


class FileUnsafe(SnapshotRefused):
    """A symbolic link, a device, a path that leaves the directory, or a file type that is never loaded."""

    reason = "unsafe_file"


class FileCorrupt(SnapshotRefused):
    """A file's size or SHA-256 is not the manifest's."""

    reason = "checksum"


class LayoutMismatch(SnapshotRefused):
    """Files that are whole but do not fit together: shapes, counts, dimension, index."""

    reason = "layout"


class FingerprintMismatch(SnapshotRefused):
    """Vectors, space and encoder do not stem from one build."""

    reason = "fingerprint"


class KeyInvalid(StoreError):
    """A key file cannot be read, or holds another kind of key."""


class FaissUnavailable(StoreError):
    """FAISS is not installed, or two distributions own the module."""


class IndexInputInvalid(StoreError, ValueError):
    """Rows, queries, k, a row selection or settings that no index can take."""


class RecallTooLow(StoreError):
    """The built index misses more of the exact answers than the floor allows."""


class ItemTableInvalid(StoreError):
    """items.parquet or labels.parquet lacks a column, has a wrong type, or repeats an id."""


class EncodingInvalid(StoreError, ValueError):
    """An encode function returned vectors of the wrong shape, or not finite."""
