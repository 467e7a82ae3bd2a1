"""Events, impressions and what was learnt."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "events",
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=True),
        *_texts("tenant", "event_id", "user", "item_id", "type"),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("at_s", "weight")),
        *_texts("text", "request_id"),
        sa.Column("recorded_at_s", sa.Double, nullable=False),
        sa.UniqueConstraint("tenant", "event_id", name="one_event_an_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_of_user", "events", ["tenant", "user", "at_s", "sequence"])
    op.create_table(
        "impressions",
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=True),
        *_texts("tenant", "request_id", "user"),
        sa.Column("at_s", sa.Double, nullable=False),
        *_texts("snapshot_id", "arm", "policy", "items"),
        sa.Column("context", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("impressions_of_request", "impressions", ["tenant", "request_id"])
    op.create_index("impressions_of_user", "impressions", ["tenant", "user", "sequence"])
    op.create_table(
        "states",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
