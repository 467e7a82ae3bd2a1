"""What a snapshot says of itself: the facts, the files with their checksums, and the id that follows from both.

It knows nothing of the disk; `manifest_file.py` turns it into bytes and back.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

FORMAT_VERSION: Final = 1
METRIC: Final = "inner_product"

JsonScalar = str | int | float | bool


@dataclass(frozen=True)
class FileEntry:
    """One file of a snapshot."""

    size: int
    """Bytes."""
    sha256: str
    """64 lower-case hexadecimal digits."""


@dataclass(frozen=True, kw_only=True)
class SnapshotFacts:
    """What the builder of a snapshot knows of it; all of it enters the snapshot's id, so no clock time belongs here."""

    domain: str
    """The catalogue's name, such as "complete-journey"."""
    encoder_fingerprint: str
    """Of the text encoder behind the item vectors."""
    space_fingerprint: str
    """Of the adaptor, tower and calibration in `space/`."""
    dimension: int
    """d + 1: the width of an item row, its log prior included."""
    item_count: int
    label_count: int
    index: Mapping[str, JsonScalar] = field(default_factory=lambda: MappingProxyType({}))
    """How the index was built and must be searched: `IndexReport.facts()`."""
    inputs_fingerprint: str
    """Of the cleaned data and settings from which the snapshot was built."""
    tag_attribute: str = ""
    """The attribute under which the build itself tagged the items; empty where it did not."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The whole content of manifest.json."""

    snapshot_id: str
    parent_id: str | None
    """The snapshot that was current when this one was written."""
    created_at: datetime
    """UTC."""
    facts: SnapshotFacts
    files: Mapping[str, FileEntry]
    """By relative path with `/`, manifest.json itself left out."""
    format_version: int = FORMAT_VERSION
    metric: str = METRIC

    @property
    def total_bytes(self) -> int:
        """The size of all files but the manifest."""
        return sum(entry.size for entry in self.files.values())


def snapshot_id(
    facts: SnapshotFacts, files: Mapping[str, FileEntry], *, format_version: int = FORMAT_VERSION, metric: str = METRIC
) -> str:
    """Return `s-` and 12 hexadecimal digits that follow from content alone: same facts and files, same id."""
    content = [
        format_version,
        metric,
        facts_as_json(facts),
        sorted((name, entry.size, entry.sha256) for name, entry in files.items()),
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return "s-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def facts_as_json(facts: SnapshotFacts) -> dict[str, object]:
    """Return the facts under the names that manifest.json uses."""
    told: dict[str, object] = {
        "domain": facts.domain,
        "encoder_fingerprint": facts.encoder_fingerprint,
        "space_fingerprint": facts.space_fingerprint,
        "dimension": facts.dimension,
        "counts": {"items": facts.item_count, "labels": facts.label_count},
        "index": dict(facts.index),
        "inputs_fingerprint": facts.inputs_fingerprint,
    }
    return told | ({"tag_attribute": facts.tag_attribute} if facts.tag_attribute else {})
