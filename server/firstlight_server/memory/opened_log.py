"""The event log once it is open, with what belongs to its key. Blocking. Knows nothing of who asks."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from firstlight_server.errors import EventsUnavailableError, SettingsError
from firstlight_server.memory.key_file import made_key, read_key
from firstlight_server.memory.location import Location
from firstlight_server.memory.page_tokens import PageTokens
from firstlight_store.event_log import EventLog, EventLogError, Pseudonyms


@dataclass(frozen=True)
class OpenedLog:
    """An event log, its users' names and its page tokens."""

    log: EventLog
    names: Pseudonyms
    tokens: PageTokens

    @classmethod
    def open(cls, where: Location, *, timeout_s: float) -> "OpenedLog":
        """Opens the log, and makes its directory and its key where they are absent and may be made.

        No statement will take longer than about ``timeout_s`` seconds.

        Raises:
            EventsUnavailableError: it cannot be opened now.
        """
        try:
            if where.directory is not None:
                where.directory.mkdir(mode=0o700, exist_ok=True)
            key = made_key(where.key_file) if where.makes_key else read_key(where.key_file)
            return cls(EventLog(where.url, timeout_s=timeout_s), Pseudonyms(key), PageTokens(key))
        except (OSError, SettingsError, EventLogError, SQLAlchemyError) as error:
            raise EventsUnavailableError(str(error)) from error
