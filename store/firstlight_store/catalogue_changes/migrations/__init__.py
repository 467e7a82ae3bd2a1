"""The schema of catalogue changes, one revision after another: see the event log's. Knows nothing of what it holds."""

from pathlib import Path
from typing import Final

from firstlight_store.event_log.migrations import Schema

CATALOGUE_CHANGES: Final = Schema(
    "0001", "catalogue_changes", "catalogue_changes_version", Path(__file__).parent / "versions"
)
