# ruff: noqa: N818 - the names say what happened, as those of the store's other errors
"""What the event log raises on purpose.

EventLogError
├── EventConflict          an event id was used before with other content; nothing of the batch was stored
├── EventLogNewer          the database was written by a newer release
├── EventLogMissing        there is none, and whoever asked may not make one
└── EventLogUnavailable    the database cannot be reached, written or read; nothing was acknowledged
    └── EventLogDamaged    an SQLite file is not what SQLite wrote
"""

from firstlight_store.errors import StoreError


class EventLogError(StoreError):
    """Base of everything the event log raises on purpose."""


class EventConflict(EventLogError):
    """An event id stands for something else already.

    Attributes:
        places: which events of the batch, from 0.
    """

    def __init__(self, places: tuple[int, ...]) -> None:
        self.places = places
        super().__init__(f"events {', '.join(map(str, places))}: the id was recorded before with other content")


class EventLogNewer(EventLogError):
    """The database has a schema that this release does not know; the message names both versions."""


class EventLogMissing(EventLogError):
    """Nobody has made what was to be read; the message names it. A mistyped name makes no new one."""


class EventLogUnavailable(EventLogError):
    """The database did not do what it was asked; the message says what it said."""


class EventLogDamaged(EventLogUnavailable):
    """The SQLite file cannot be read as one; the message names it. It stays refused until it is replaced."""
