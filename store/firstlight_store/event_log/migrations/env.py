"""What Alembic runs, over a connection that somebody else opened and will commit. Knows no revision."""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection, version_table=context.config.attributes["version_table"], transactional_ddl=True
)
context.run_migrations()
