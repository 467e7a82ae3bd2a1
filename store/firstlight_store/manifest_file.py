"""manifest.json: the one canonical way to write a manifest, and the strict way to read it.

It reads nothing but the bytes it is given. A single changed byte is refused: the bytes must be exactly what writing the
parsed manifest yields, and they carry their own SHA-256 besides, since the creation time is not part of the id.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, cast

from firstlight_store.errors import ManifestInvalid, UnsupportedFormat
from firstlight_store.manifest import (
    FORMAT_VERSION,
    METRIC,
    FileEntry,
    JsonScalar,
    Manifest,
    SnapshotFacts,
    facts_as_json,
    snapshot_id,
)
from firstlight_store.names import require_file_name

MANIFEST_NAME: Final = "manifest.json"
LARGEST_MANIFEST_BYTES: Final = 1 << 20


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return manifest.json: sorted keys, two spaces of indentation, UTF-8, and a checksum of the rest."""
    body = _body(manifest)
    return _dump(body | {"checksum": _checksum(body)})


def parse_manifest(data: bytes, *, source: str) -> Manifest:
    """Return the manifest in `data`; `source` names the file in messages.

    Raises:
        UnsupportedFormat: another format version or metric.
        ManifestInvalid: anything else is wrong, down to one byte.
    """
    content = _parse_object(data, source)
    _require_format(content, source)
    try:
        manifest = _manifest(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ManifestInvalid(f"{source} lacks or misstates a field ({error!r}); rebuild the snapshot") from error
    for name in manifest.files:
        require_file_name(name)
    if manifest_bytes(manifest) != data:
        raise ManifestInvalid(f"{source} is damaged: its bytes or its checksum are not those written; rebuild it")
    expected = snapshot_id(manifest.facts, manifest.files)
    if manifest.snapshot_id != expected:
        raise ManifestInvalid(f"{source} says snapshot {manifest.snapshot_id}, its content is {expected}; rebuild it")
    return manifest


def _body(manifest: Manifest) -> dict[str, object]:
    return facts_as_json(manifest.facts) | {
        "format_version": manifest.format_version,
        "metric": manifest.metric,
        "snapshot_id": manifest.snapshot_id,
        "parent_id": manifest.parent_id,
        "created_at": manifest.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "files": {name: {"size": entry.size, "sha256": entry.sha256} for name, entry in manifest.files.items()},
    }


def _dump(content: Mapping[str, object]) -> bytes:
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def _checksum(body: Mapping[str, object]) -> str:
    return hashlib.sha256(_dump(body)).hexdigest()


def _parse_object(data: bytes, source: str) -> dict[str, object]:
    try:
        content: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ManifestInvalid(f"{source} is not JSON ({error}); rebuild the snapshot") from error
    if not isinstance(content, dict):
        raise ManifestInvalid(f"{source} holds {type(content).__name__}, not an object; rebuild the snapshot")
    return cast("dict[str, object]", content)


def _require_format(content: Mapping[str, object], source: str) -> None:
    version, metric = content.get("format_version"), content.get("metric")
    if version != FORMAT_VERSION:
        raise UnsupportedFormat(
            f"{source} is of format {version!r}, this program reads format {FORMAT_VERSION}; rebuild with `make index`"
        )
    if metric != METRIC:
        raise UnsupportedFormat(f"{source} is of metric {metric!r}, this program serves {METRIC!r}; rebuild it")


def _manifest(content: dict[str, object]) -> Manifest:
    parent = content["parent_id"]
    return Manifest(
        snapshot_id=_text(content["snapshot_id"]),
        parent_id=None if parent is None else _text(parent),
        created_at=datetime.fromisoformat(_text(content["created_at"])),
        facts=_facts(content),
        files={name: _entry(value) for name, value in _object(content["files"]).items()},
    )


def _facts(content: dict[str, object]) -> SnapshotFacts:
    counts = _object(content["counts"])
    return SnapshotFacts(
        domain=_text(content["domain"]),
        encoder_fingerprint=_text(content["encoder_fingerprint"]),
        space_fingerprint=_text(content["space_fingerprint"]),
        dimension=_whole(content["dimension"]),
        item_count=_whole(counts["items"]),
        label_count=_whole(counts["labels"]),
        index={name: _scalar(value) for name, value in _object(content["index"]).items()},
        inputs_fingerprint=_text(content["inputs_fingerprint"]),
        tag_attribute=_text(content.get("tag_attribute", "")),
    )


def _entry(value: object) -> FileEntry:
    fields = _object(value)
    return FileEntry(size=_whole(fields["size"]), sha256=_text(fields["sha256"]))


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    return cast("dict[str, object]", value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is not a whole number from 0")
    return value


def _scalar(value: object) -> JsonScalar:
    if not isinstance(value, str | int | float | bool):
        raise TypeError(f"{value!r} is not text, a number, true or false")
    return value
