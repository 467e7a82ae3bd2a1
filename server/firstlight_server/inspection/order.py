"""What the server and the process that inspects a snapshot tell each other: one line of JSON each way."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from firstlight_store import Manifest
from firstlight_store.manifest_file import manifest_bytes


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be inspected.

    Attributes:
        data_dir: where the snapshots are.
        tenant: whose.
        snapshot_id: which.
        public_key: who must have signed it, PEM; empty for nobody.
        min_recall: the least recall@10 that it may have.
    """

    data_dir: str
    tenant: str
    snapshot_id: str
    public_key: str
    min_recall: float

    @property
    def public_key_file(self) -> Path | None:
        """The file of public keys, if any."""
        return Path(self.public_key) if self.public_key else None

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Order":
        """The order that ``to_json`` wrote."""
        return cls(**json.loads(line))


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found.

    Attributes:
        reason: why it was refused, a stable word; empty if it is sound.
        fault: the same in a sentence.
        recall: the index's estimated recall@10.
        manifest_digest: of the manifest that was verified, as `manifest_digest` gives it.
    """

    reason: str = ""
    fault: str = ""
    recall: float = 0.0
    manifest_digest: str = ""

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Report":
        """The report that ``to_json`` wrote.

        Raises:
            ValueError: it is none; the process ended before it wrote one.
            TypeError: likewise.
        """
        return cls(**json.loads(line))


def manifest_digest(manifest: Manifest) -> str:
    """SHA-256 in hex of all that a manifest says, the digests of its snapshot's files among it."""
    return sha256(manifest_bytes(manifest)).hexdigest()
