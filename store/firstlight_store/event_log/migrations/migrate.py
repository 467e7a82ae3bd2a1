"""Brings a database to the newest revision, whoever comes first; a newer one is refused. Knows no revision."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.errors import EventLogNewer, EventLogUnavailable

NEWEST: Final = "0002"
"""The revision that this release's tables are of; a test holds it to the files."""

_VERSION_TABLE = "event_log_version"


def migrate(database: Database, *, to: str = NEWEST) -> None:
    """Makes or upgrades the tables, in one transaction and beside nobody else; does nothing where all is as it must be.

    Args:
        database: what holds them.
        to: the revision wanted; an older one for tests alone.

    Raises:
        EventLogNewer: a newer release wrote the database.
        EventLogUnavailable: it cannot be opened.
    """
    _require_unicode(database)
    with database.reading() as connection:
        if _revision(connection) == to:
            return
    with database.writing() as connection:
        _upgrade(connection, to, database.where)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": _VERSION_TABLE}).get_current_revision()


def _upgrade(connection: Connection, to: str, where: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    found = _revision(connection)  # once more: another process may have been first
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if found is not None and found not in known:
        raise EventLogNewer(
            f"the event log {where} has schema {found}, and this release knows {NEWEST} and earlier; update "
            "Firstlight, or put back the backup from before it was updated"
        )
    config.attributes.update(connection=connection, version_table=_VERSION_TABLE)
    command.upgrade(config, to)


def _require_unicode(database: Database) -> None:
    if database.is_sqlite:
        return
    with database.reading() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise EventLogUnavailable(
            f"the event log {database.where} is encoded in {encoding}, which cannot hold every text; "
            "create the database with ENCODING 'UTF8'"
        )
