"""The tables of the event log, for SQLite and PostgreSQL alike. Knows nothing of what is asked of them."""

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

events = Table(
    "events",
    metadata,
    Column("sequence", _Sequence, primary_key=True, autoincrement=True),
    Column("tenant", String(63), nullable=False),
    Column("event_id", Text, nullable=False),
    Column("user", String(32), nullable=False),
    Column("item_id", Text, nullable=False),
    Column("type", String(32), nullable=False),
    Column("at_s", Double, nullable=False),
    Column("weight", Double, nullable=False),
    Column("text", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("recorded_at_s", Double, nullable=False),
    UniqueConstraint("tenant", "event_id", name="one_event_an_id"),
    Index("events_of_user", "tenant", "user", "at_s", "sequence"),
)

impressions = Table(
    "impressions",
    metadata,
    Column("sequence", _Sequence, primary_key=True, autoincrement=True),
    Column("tenant", String(63), nullable=False),
    Column("request_id", Text, nullable=False),
    Column("user", String(32), nullable=False),
    Column("at_s", Double, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("arm", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("items", Text, nullable=False),  # JSON: [[item_id, propensity, explored], ...]
    Column("context", LargeBinary, nullable=False),
    Index("impressions_of_request", "tenant", "request_id"),
    Index("impressions_of_user", "tenant", "user", "sequence"),
)

states = Table(
    "states",
    metadata,
    Column("tenant", String(63), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("sequence", _Sequence, nullable=False),  # events up to here are in it
    Column("content", LargeBinary, nullable=False),
)
"""What is learnt from the log and must survive a restart, such as an arm's posterior."""
