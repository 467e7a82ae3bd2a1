"""A digest of everything that decides a snapshot, by which unchanged input is known. Knows nothing of snapshots."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import firstlight_encoder
import firstlight_indexer
import firstlight_store
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.pipeline_settings import EvaluationTable, PipelineSettings

_SHAPES_NOTHING: Any = {
    "publish": True,
    "evaluation": set(EvaluationTable.model_fields) - {"time_split"},  # by which a ranker's lessons have a time
    "encoder": {"device"},
    "train": {"device"},
}
"""Settings that another snapshot is no reason for."""


def inputs_fingerprint(
    cleaned: CleanDomain, settings: PipelineSettings, checkpoint: Checkpoint, *, sources: Sequence[CleanDomain] = ()
) -> str:
    """Hex digest of the names and cleaned data of domain and sources, of the shaping settings, encoder and code."""
    digest = hashlib.sha256(f"{_code_digest()}:{checkpoint.fingerprint}:{cleaned.name}".encode())
    digest.update(f"{cleaned.categories}:{cleaned.times}".encode())
    shaping = settings.model_dump(mode="json", exclude=_SHAPES_NOTHING)
    digest.update(json.dumps(shaping, sort_keys=True).encode())
    for domain in (cleaned, *sources):
        digest.update(domain.name.encode())
        for path in (domain.items, domain.events):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _code_digest() -> str:
    """Hex digest of the code that builds snapshots: an upgrade builds anew, and its text vectors are still cached."""
    digest = hashlib.sha256()
    for package in (firstlight_encoder, firstlight_indexer, firstlight_store):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
