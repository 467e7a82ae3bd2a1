"""That users were erased lately."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "erasures",
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("mark", sa.LargeBinary, nullable=False),
        sa.Column("at_s", sa.Double, nullable=False),
        sqlite_autoincrement=True,
    )
