"""What was changed of catalogues. Earlier releases made the same table without saying of which revision it was."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TABLE = "catalogue_changes"


def upgrade() -> None:
    """Makes the table, where no earlier release has."""
    if sa.inspect(op.get_bind()).has_table(_TABLE):
        return
    op.create_table(
        _TABLE,
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("tenant", sa.String(63), nullable=False),
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("changed_at_s", sa.Double, nullable=False),
        sa.UniqueConstraint("tenant", "item_id", name="one_change_an_item"),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_of_tenant", _TABLE, ["tenant", "sequence"])
