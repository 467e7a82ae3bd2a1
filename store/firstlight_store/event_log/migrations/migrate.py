"""Brings a database to the newest revision, whoever comes first; a newer one is refused. Knows no revision."""

from typing import Final

from sqlalchemy import Connection, inspect

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.errors import EventLogUnavailable

NEWEST: Final = "0003"
"""The revision that this release's tables are of; a test holds it to the files."""

VERSION_TABLE: Final = "event_log_version"
"""Holds the revision of a database, as Alembic writes it."""


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
        if revision(connection) == to:
            return
    # NOTE: Alembic takes 11 MB of every process that imports it, and is needed once for a database.
    from firstlight_store.event_log.migrations.upgrade import upgrade  # noqa: PLC0415

    with database.writing() as connection:
        upgrade(connection, found=revision(connection), to=to, where=database.where)  # another may have been first


def revision(connection: Connection) -> str | None:
    """The revision of a database; None where it holds no event log."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    return found


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
