"""Whether an SQLite file was written by anybody since it was last asked: a few microseconds, so any answer can ask.

Knows nothing of what is in the file.
"""

import sqlite3
from urllib.parse import quote

from firstlight_store.event_log.engines import sqlite_file


class DataVersion:
    """Belongs to one thread. Of a database that is not an SQLite file it never tells anything: poll that."""

    def __init__(self, url: str) -> None:
        """Takes the SQLAlchemy URL; the file may not be there yet."""
        self._path = sqlite_file(url)
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    @property
    def exists(self) -> bool:
        """Whether the file is there; of another database, True."""
        return self._path is None or self._path.exists()

    def moved(self) -> bool:
        """Whether the file was written since the last call that said so; at first, whether it is there."""
        if self._connection is None and not self._opened():
            return False
        assert self._connection is not None
        try:
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:  # busy for a moment: whoever polls will see it
            return False
        moved = version != self._seen
        self._seen = version
        return bool(moved)

    def close(self) -> None:
        """Lets go of the file."""
        if self._connection is not None:
            self._connection.close()

    def _opened(self) -> bool:
        if self._path is None or not self._path.exists():
            return False
        where = f"file:{quote(str(self._path))}?mode=ro"
        try:
            self._connection = sqlite3.connect(
                where, uri=True, timeout=0, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error:  # nothing that can be opened: whoever polls will say so
            return False
        return True
