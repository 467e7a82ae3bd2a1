"""A digest of everything that decides a snapshot, by which unchanged input is known. Knows nothing of snapshots."""

import hashlib
import json

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.item_text import ITEM_TEXT_VERSION
from firstlight_encoder.space_file import FORMAT_VERSION
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.pipeline_settings import PipelineSettings


def inputs_fingerprint(cleaned: CleanDomain, settings: PipelineSettings, checkpoint: Checkpoint) -> str:
    """Hex digest of the domain's name and cleaned data, the settings that shape a snapshot, encoder and formats."""
    digest = hashlib.sha256(f"{ITEM_TEXT_VERSION}:{FORMAT_VERSION}:{checkpoint.fingerprint}:{cleaned.name}".encode())
    shaping = settings.model_dump(mode="json", exclude={"publish", "evaluation"})
    digest.update(json.dumps(shaping, sort_keys=True).encode())
    for path in (cleaned.items, cleaned.events):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
