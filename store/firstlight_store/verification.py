"""Is this directory exactly the snapshot that its manifest describes? Answered before any parser sees a byte.

In order: the signature, where keys are trusted; the manifest, the set of files, their kinds, sizes and SHA-256; then
shapes and fingerprints (`layout.py`).
It never loads a file with the library that the file is meant for.
"""

import hashlib
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from firstlight_store.errors import FileCorrupt, FileMissing, FileUnexpected, FileUnsafe, ManifestInvalid
from firstlight_store.layout import require_layout
from firstlight_store.manifest import FileEntry, Manifest
from firstlight_store.manifest_file import LARGEST_MANIFEST_BYTES, MANIFEST_NAME, parse_manifest
from firstlight_store.names import require_file_name
from firstlight_store.signature import SIGNATURE_NAME, PublicKeys, read_signature, require_signature

_ABOUT_THE_REST = frozenset({MANIFEST_NAME, SIGNATURE_NAME})


def verify(directory: Path, *, trusted: PublicKeys | None = None) -> Manifest:
    """Return the manifest of a snapshot directory that is whole, unchanged, consistent, and signed if keys are given.

    Raises:
        SnapshotRefused: it is not; the class, and its `reason`, say which check failed.
    """
    manifest = read_in_place(directory, trusted=trusted)
    for name, entry in manifest.files.items():
        _require_unchanged(directory / name, entry)
    require_layout(directory, manifest.facts)
    return manifest


def read_in_place(directory: Path, *, trusted: PublicKeys | None = None) -> Manifest:
    """Return the manifest of a directory that holds the files it lists, by name and size; no content is read.

    Raises:
        SnapshotRefused: it does not, or the manifest is damaged or not signed.
    """
    manifest = read_manifest(directory, trusted=trusted)
    read_signature(directory)
    _require_files(directory, manifest.files)
    for name, entry in manifest.files.items():
        _require_size(directory / name, entry)
    return manifest


def require_in_place(directory: Path, manifest: Manifest) -> None:
    """Check that a snapshot verified earlier still lies there, by its manifest and its files' sizes; reads no content.

    Raises:
        SnapshotRefused: it does not.
    """
    if read_in_place(directory) != manifest:
        raise ManifestInvalid(f"{directory} holds another manifest than when it was opened; restore or rebuild it")


def read_manifest(directory: Path, *, trusted: PublicKeys | None = None) -> Manifest:
    """Return the manifest alone, itself checked, its files not; if keys are given, one of them must have signed it.

    Raises:
        SnapshotRefused: the manifest is absent, damaged, not signed, or that of another directory.
    """
    path = directory / MANIFEST_NAME
    try:
        status = path.stat(follow_symlinks=False)
    except FileNotFoundError as error:
        raise ManifestInvalid(f"{directory} has no {MANIFEST_NAME}, so it was never finished; rebuild it") from error
    if not stat.S_ISREG(status.st_mode):
        raise FileUnsafe(f"{path} is not a regular file; remove the snapshot and rebuild it")
    if status.st_size > LARGEST_MANIFEST_BYTES:
        raise ManifestInvalid(f"{path} has {status.st_size} bytes, at most {LARGEST_MANIFEST_BYTES} are read")
    data = path.read_bytes()
    if trusted is not None:  # before the bytes are parsed, even as JSON
        require_signature(directory, data, trusted)
    manifest = parse_manifest(data, source=str(path))
    if manifest.snapshot_id != directory.name:
        raise ManifestInvalid(f"{path} belongs to {manifest.snapshot_id}, not {directory.name}; restore or rebuild it")
    return manifest


def hash_files(directory: Path) -> dict[str, FileEntry]:
    """Return size and SHA-256 of every file under `directory` but the manifest, by relative path.

    Raises:
        FileUnsafe: a symbolic link, a device, or a name that no snapshot may hold.
    """
    names = sorted(_files(directory))
    return {require_file_name(name): _entry(directory / name) for name in names if name != MANIFEST_NAME}


def _files(directory: Path, prefix: str = "") -> Iterator[str]:
    for path in sorted((directory / prefix).iterdir()):
        name = f"{prefix}{path.name}"
        mode = path.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            below = list(_files(directory, f"{name}/"))
            yield from below or [f"{name}/"]
        elif stat.S_ISREG(mode):
            yield name
        else:
            raise FileUnsafe(f"{path} is neither a regular file nor a directory (a link?); remove it")


def _require_files(directory: Path, listed: Mapping[str, FileEntry]) -> None:
    present = set(_files(directory)) - _ABOUT_THE_REST
    if missing := sorted(listed.keys() - present):
        raise FileMissing(f"{directory} lacks {', '.join(missing)}, which its manifest lists; restore or rebuild it")
    if extra := sorted(present - listed.keys()):
        raise FileUnexpected(f"{directory} holds {', '.join(extra)}, which its manifest does not list; remove it")


def _require_size(path: Path, expected: FileEntry) -> None:
    size = path.stat().st_size
    if size != expected.size:
        raise FileCorrupt(f"{path} has {size} bytes, its manifest says {expected.size}; restore or rebuild it")


def _require_unchanged(path: Path, expected: FileEntry) -> None:
    actual = _entry(path)
    if actual != expected:
        raise FileCorrupt(f"{path} has SHA-256 {actual.sha256}, its manifest says {expected.sha256}; rebuild it")


def _entry(path: Path) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(size=file.tell(), sha256=digest)
