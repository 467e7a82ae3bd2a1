"""Runs the revisions that a database lacks, by Alembic. Imported only where there are some: see `migrate`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from firstlight_store.event_log.errors import EventLogNewer
from firstlight_store.event_log.migrations.migrate import Schema, revision


def upgrade(connection: Connection, schema: Schema, *, to: str, where: str) -> None:
    """Takes the tables of a database to a revision, in its transaction.

    Raises:
        EventLogNewer: this release does not know the revision that they are of.
    """
    config = Config()
    config.set_main_option("script_location", _option(Path(__file__).parent))
    config.set_main_option("version_locations", _option(schema.revisions))
    config.set_main_option("path_separator", "newline")
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    found = revision(connection, schema)
    if found is not None and found not in known:
        raise EventLogNewer(
            f"{where} has schema {found}, and this release knows {schema.newest} and earlier; update "
            "Firstlight, or put back the backup from before it was updated"
        )
    config.attributes.update(connection=connection, version_table=schema.version_table)
    command.upgrade(config, to)


def _option(path: Path) -> str:
    return str(path).replace("%", "%%")
