"""Runs the revisions that a database lacks, by Alembic. Imported only where there are some: see `migrate`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from firstlight_store.event_log.errors import EventLogNewer
from firstlight_store.event_log.migrations.migrate import NEWEST, VERSION_TABLE


def upgrade(connection: Connection, *, found: str | None, to: str, where: str) -> None:
    """Takes a database from the revision that was ``found`` in it to another, in its transaction.

    Raises:
        EventLogNewer: this release does not know the revision that was found.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if found is not None and found not in known:
        raise EventLogNewer(
            f"the event log {where} has schema {found}, and this release knows {NEWEST} and earlier; update "
            "Firstlight, or put back the backup from before it was updated"
        )
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    command.upgrade(config, to)
