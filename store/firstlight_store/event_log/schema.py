"""The tables of the event log, for SQLite and PostgreSQL alike, as the newest migration leaves them.

Knows nothing of what is asked of them, nor of how they came to be so: see `migrations`.
"""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, MetaData, Table, UniqueConstraint

from firstlight_store.event_log.stored_text import StoredText

Sequence = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself under INTEGER alone."""

metadata = MetaData()

# NOTE: sqlite_autoincrement, or the number of a deleted last row would be given again, to an event that learners, who
# remember how far they have read, would never see.
events = Table(
    "events",
    metadata,
    Column("sequence", Sequence, primary_key=True, autoincrement=True),
    Column("tenant", StoredText, nullable=False),
    Column("event_id", StoredText, nullable=False),
    Column("user", StoredText, nullable=False),
    Column("item_id", StoredText, nullable=False),
    Column("type", StoredText, nullable=False),
    Column("at_s", Double, nullable=False),
    Column("weight", Double, nullable=False),
    Column("text", StoredText, nullable=False),
    Column("request_id", StoredText, nullable=False),
    Column("recorded_at_s", Double, nullable=False),
    UniqueConstraint("tenant", "event_id", name="one_event_an_id"),
    Index("events_of_user", "tenant", "user", "at_s", "sequence"),
    sqlite_autoincrement=True,
)

impressions = Table(
    "impressions",
    metadata,
    Column("sequence", Sequence, primary_key=True, autoincrement=True),
    Column("tenant", StoredText, nullable=False),
    Column("request_id", StoredText, nullable=False),
    Column("user", StoredText, nullable=False),
    Column("at_s", Double, nullable=False),
    Column("snapshot_id", StoredText, nullable=False),
    Column("arm", StoredText, nullable=False),
    Column("policy", StoredText, nullable=False),
    Column("items", StoredText, nullable=False),  # JSON: [[item_id, propensity, explored], ...]
    Column("context", LargeBinary, nullable=False),
    Index("impressions_of_request", "tenant", "request_id"),
    Index("impressions_of_user", "tenant", "user", "sequence"),
    sqlite_autoincrement=True,
)

states = Table(
    "states",
    metadata,
    Column("tenant", StoredText, primary_key=True),
    Column("name", StoredText, primary_key=True),
    Column("sequence", Sequence, nullable=False),  # events up to here are in it
    Column("content", LargeBinary, nullable=False),
)
"""What is learnt from the log and must survive a restart, such as an arm's posterior."""

merges = Table(
    "merges",
    metadata,
    Column("tenant", StoredText, primary_key=True),
    Column("user", StoredText, primary_key=True),
    Column("into", StoredText, nullable=False),
    Index("merges_into", "tenant", "into"),
)
"""Which user became which, so that an event that is sent again under its old user is known."""

erasures = Table(
    "erasures",
    metadata,
    Column("sequence", Sequence, primary_key=True, autoincrement=True),
    Column("mark", LargeBinary, nullable=False),
    Column("at_s", Double, nullable=False),
    sqlite_autoincrement=True,
)
"""That users were erased lately, and in which order; not who they were: see `erasures`."""
