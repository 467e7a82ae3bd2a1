"""Where the event log and the key of its pseudonyms lie. Knows nothing of what is in them."""

from dataclasses import dataclass
from pathlib import Path

from firstlight_server.errors import SettingsError
from firstlight_server.feedback_settings import EMBEDDED
from firstlight_server.settings import Settings
from firstlight_store import embedded_events
from firstlight_store.event_log import EventLogUnavailable
from firstlight_store.event_log.engines import address_of, sqlite_file, sqlite_url


@dataclass(frozen=True)
class Location:
    """One event log.

    Attributes:
        url: as SQLAlchemy takes it.
        key_file: the pseudonyms' key.
        makes_key: whether the key is made where it is absent.
        directory: to be made where it is absent; None if whoever set the URL sees to that.
    """

    url: str
    key_file: Path
    makes_key: bool = True
    directory: Path | None = None


def location(settings: Settings) -> Location:
    """Where ``settings`` say; they keep events.

    Raises:
        SettingsError: the URL is not sound, or what PostgreSQL needs is not installed.
    """
    url, key_file = settings.events_url, settings.events_key_file
    if url == EMBEDDED:
        file = embedded_events(settings.data_dir)
        own_key = key_file or file.with_name("pseudonyms.key")
        return Location(sqlite_url(file), own_key, key_file is None, file.parent)
    if (database := sqlite_file(url)) is not None:
        return Location(url, key_file or database.with_suffix(".key"), key_file is None)
    try:
        address_of(url, holds="the event log")
    except EventLogUnavailable as error:
        raise SettingsError(f"events_url: {error}") from error
    assert key_file is not None
    return Location(f"postgresql+psycopg://{url.partition('://')[2]}", key_file, makes_key=False)
