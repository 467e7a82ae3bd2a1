"""Brings a database to the newest revision, whoever comes first; a newer one is refused. Knows no revision."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.errors import EventLogMissing, EventLogUnavailable


@dataclass(frozen=True)
class Schema:
    """The tables of one store. Two stores may lie in one database.

    Attributes:
        newest: the revision that this release's tables are of; a test holds it to the files.
        table: one of the tables, which is there in every revision.
        version_table: holds the revision of a database, as Alembic writes it.
        revisions: the folder of the revisions.
    """

    newest: str
    table: str
    version_table: str
    revisions: Path


EVENT_LOG: Final = Schema("0003", "events", "event_log_version", Path(__file__).parent / "versions")


def migrate(database: Database, schema: Schema = EVENT_LOG, *, to: str | None = None) -> None:
    """Makes or upgrades the tables, in one transaction and beside nobody else; does nothing where all is as it must be.

    Args:
        database: what holds them.
        schema: which tables.
        to: the revision wanted, else the newest; an older one for tests alone.

    Raises:
        EventLogNewer: a newer release wrote the database.
        EventLogUnavailable: it cannot be opened.
    """
    _require_unicode(database)
    wanted = to or schema.newest
    with database.reading() as connection:
        if revision(connection, schema) == wanted:
            return
    # NOTE: Alembic takes 11 MB of every process that imports it, and is needed once for a database.
    from firstlight_store.event_log.migrations.upgrade import upgrade  # noqa: PLC0415

    with database.writing() as connection:
        upgrade(connection, schema, to=wanted, where=database.where)  # another may have been first


def require_made(database: Database, schema: Schema = EVENT_LOG) -> None:
    """Raises `EventLogMissing` where nobody has made the tables, in whichever revision."""
    with database.reading() as connection:
        if not inspect(connection).has_table(schema.table):
            raise EventLogMissing(f"{database.where} holds nothing of the kind; check the name: a server makes it")


def revision(connection: Connection, schema: Schema) -> str | None:
    """The revision of a database; None where it holds none of the tables."""
    if not inspect(connection).has_table(schema.version_table):
        return None
    found: str | None = connection.exec_driver_sql(f"SELECT version_num FROM {schema.version_table}").scalar()
    return found


def _require_unicode(database: Database) -> None:
    if database.is_sqlite:
        return
    with database.reading() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise EventLogUnavailable(
            f"{database.where} is encoded in {encoding}, which cannot hold every text; "
            "create the database with ENCODING 'UTF8'"
        )
