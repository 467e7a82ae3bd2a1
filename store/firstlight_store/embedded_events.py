"""Where one machine's event log lies: beside the tenants' snapshots. Knows nothing of what is in it, nor opens it."""

from pathlib import Path


def embedded_events(data_dir: Path) -> Path:
    """The SQLite file in a data directory. Its folder has no tenant's name, so that no tenant is looked for in it."""
    return data_dir.absolute() / ".events" / "events.db"
