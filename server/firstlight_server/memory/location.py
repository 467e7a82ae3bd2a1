"""Where the event log and the key of its pseudonyms lie. Knows nothing of what is in them."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from firstlight_server.errors import SettingsError
from firstlight_server.feedback_settings import EMBEDDED
from firstlight_server.settings import Settings
from firstlight_store import embedded_events

_SQLITE = "sqlite:///"


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
        SettingsError: what PostgreSQL needs is not installed.
    """
    url, key_file = settings.events_url, settings.events_key_file
    if url == EMBEDDED:
        file = embedded_events(settings.data_dir)
        own_key = key_file or file.with_name("pseudonyms.key")
        return Location(f"{_SQLITE}{file}", own_key, key_file is None, file.parent)
    if url.startswith(_SQLITE):
        database = Path(url.removeprefix(_SQLITE).partition("?")[0])
        return Location(url, key_file or database.with_suffix(".key"), key_file is None)
    if find_spec("psycopg") is None:
        raise SettingsError("events_url: PostgreSQL needs the extra: pip install 'firstlight[postgres]'")
    assert key_file is not None
    return Location(f"postgresql+psycopg://{url.partition('://')[2]}", key_file, makes_key=False)
