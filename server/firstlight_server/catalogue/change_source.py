"""Where changes of all tenants' catalogues are kept: opened when there are any, made when the first one comes.

A server whose catalogues never change pays one look at the disk. Knows nothing of snapshots.
"""

from pathlib import Path
from threading import Lock

from firstlight_store.catalogue_changes import CatalogueChanges, DataVersion, changes_url


class ChangeSource:
    """Safe across threads, but for `moved`, which belongs to one."""

    def __init__(self, data_dir: Path, url: str) -> None:
        """Takes the SQLAlchemy URL; if empty, a file in ``data_dir`` is meant."""
        self._url = changes_url(data_dir, url)
        self._version = DataVersion(self._url)
        self._store: CatalogueChanges | None = None
        self._lock = Lock()

    def found(self) -> CatalogueChanges | None:
        """The changes; None as long as nobody made the file. Raises `EventLogUnavailable` if they cannot be opened."""
        return self.made() if self._version.exists else None

    def made(self) -> CatalogueChanges:
        """The changes, their place made if missing. Raises `EventLogUnavailable` if they cannot be opened."""
        with self._lock:
            if self._store is None:
                self._store = CatalogueChanges(self._url)
            return self._store

    def moved(self) -> bool:
        """Whether anybody wrote since this last said so, as far as it can be told in a few microseconds."""
        return self._version.moved()

    def close(self) -> None:
        """Ends every connection."""
        self._version.close()
        if self._store is not None:
            self._store.close()
