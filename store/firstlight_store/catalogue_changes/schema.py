"""The table of catalogue changes, for SQLite and PostgreSQL alike. Knows nothing of what is asked of it."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

_Sequence = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself under INTEGER alone

metadata = MetaData()

catalogue_changes = Table(
    "catalogue_changes",
    metadata,
    Column("sequence", _Sequence, primary_key=True, autoincrement=True),
    Column("tenant", String(63), nullable=False),
    Column("item_id", Text, nullable=False),
    Column("item", Text, nullable=True),  # JSON; NULL: removed
    Column("vector", LargeBinary, nullable=False),
    Column("space", Text, nullable=False),
    Column("changed_at_s", Double, nullable=False),
    UniqueConstraint("tenant", "item_id", name="one_change_an_item"),
    Index("changes_of_tenant", "tenant", "sequence"),
    # NOTE: who follows reads what lies above the last number it saw, so a number must never be given twice.
    sqlite_autoincrement=True,
)
