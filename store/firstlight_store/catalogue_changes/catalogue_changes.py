"""The changes of all tenants' catalogues: records, tells, forgets.

Blocking: run it on a thread. Knows nothing of requests.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, func, insert, select

from firstlight_store.catalogue_changes.migrations import CATALOGUE_CHANGES
from firstlight_store.catalogue_changes.records import CatalogueChange, ChangedItem
from firstlight_store.catalogue_changes.schema import catalogue_changes as changes
from firstlight_store.event_log.database import Database
from firstlight_store.event_log.engines import sqlite_url
from firstlight_store.event_log.migrations import migrate, require_made

_FILE = "catalogue-changes.sqlite"
_CHANGE = [changes.c[name] for name in CatalogueChange._fields]


def changes_url(data_dir: Path, given: str = "") -> str:
    """The SQLAlchemy URL that is given, or else that of a file beside the tenants' snapshots."""
    return given or sqlite_url(data_dir.absolute() / _FILE)


def changes_of(data_dir: Path, given: str = "") -> "CatalogueChanges | None":
    """The changes at `changes_url`, for who makes none; None where no URL is given and nobody has made the file.

    Raises:
        EventLogMissing: there is nothing at the URL that is given.
    """
    if not given and not (data_dir / _FILE).exists():
        return None
    return CatalogueChanges(changes_url(data_dir, given), makes=False)


_TIMEOUT_S = 5.0
"""How long a statement may take, in seconds."""


class CatalogueChanges:
    """Safe across threads and processes. Every method raises `EventLogUnavailable` where the database fails."""

    def __init__(self, url: str, *, makes: bool = True) -> None:
        """Opens the database at an SQLAlchemy URL, and brings its table to the newest schema.

        Args:
            url: ``sqlite:///path`` or ``postgresql://...``.
            makes: whether it may be made where there is none.

        Raises:
            EventLogMissing: there is none, and it may not be made.
            EventLogNewer: a newer release wrote the database.
            EventLogUnavailable: it cannot be opened.
        """
        self._database = Database(url, timeout_s=_TIMEOUT_S, holds="the database of catalogue changes", makes=makes)
        try:
            if not makes:
                require_made(self._database, CATALOGUE_CHANGES)
            migrate(self._database, CATALOGUE_CHANGES)
        except BaseException:
            self._database.close()
            raise

    def record(self, tenant: str, changed: Sequence[CatalogueChange]) -> None:
        """Stores changes of different items in one transaction, durable when it returns; the latest of an item counts.

        Raises:
            ValueError: the tenant is empty.
        """
        if not tenant:
            raise ValueError("a catalogue's change needs a tenant; it is empty")
        rows = [
            {
                "tenant": tenant,
                "item_id": one.item_id,
                "item": None if one.item is None else one.item.as_json(),
                "vector": one.vector,
                "space": one.space,
                "changed_at_s": one.changed_at_s,
            }
            for one in changed
        ]
        ids = [one.item_id for one in changed]
        with self._database.writing() as connection:
            connection.execute(delete(changes).where(changes.c.tenant == tenant, changes.c.item_id.in_(ids)))
            if rows:
                connection.execute(insert(changes), rows)

    def since(self, tenant: str, sequence: int = 0) -> list[CatalogueChange]:
        """A tenant's changes after ``sequence``, in the order of changing; of each item its latest alone."""
        chosen = select(*_CHANGE).where(changes.c.tenant == tenant, changes.c.sequence > sequence)
        with self._database.reading() as connection:
            found = connection.execute(chosen.order_by(changes.c.sequence)).all()
        return [_change(*row) for row in found]

    def latest(self) -> int:
        """The sequence of the last change of any tenant; 0 where there is none."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.max(changes.c.sequence))).scalar() or 0)

    def forget(self, tenant: str, sequences: Sequence[int]) -> int:
        """Deletes a tenant's changes of these sequences, and returns how many there were."""
        with self._database.writing() as connection:
            chosen = changes.c.sequence.in_(sequences)
            return connection.execute(delete(changes).where(changes.c.tenant == tenant, chosen)).rowcount

    def close(self) -> None:
        """Ends every connection."""
        self._database.close()


def _change(
    item_id: str, item: str | None, vector: bytes, space: str, changed_at_s: float, sequence: int
) -> CatalogueChange:
    told = None if item is None else ChangedItem.of_json(item)
    return CatalogueChange(item_id, told, vector, space, changed_at_s, sequence)
