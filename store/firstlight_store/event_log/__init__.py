"""The event log: what users did and what they were shown, durable once acknowledged.

One schema for SQLite (the default, one machine) and PostgreSQL (several servers). It knows nothing of vectors, requests
or wires. Other packages import from here; only who needs a log imports it, for it brings SQLAlchemy.
"""

from firstlight_store.event_log.errors import (
    EventConflict,
    EventLogDamaged,
    EventLogError,
    EventLogMissing,
    EventLogNewer,
    EventLogUnavailable,
)
from firstlight_store.event_log.event_log import EventLog
from firstlight_store.event_log.feedback_caps import FeedbackCaps
from firstlight_store.event_log.pseudonyms import Pseudonyms
from firstlight_store.event_log.records import Impression, LoggedEvent, Recorded, Shown, UserCounts

__all__ = [
    "EventConflict",
    "EventLog",
    "EventLogDamaged",
    "EventLogError",
    "EventLogMissing",
    "EventLogNewer",
    "EventLogUnavailable",
    "FeedbackCaps",
    "Impression",
    "LoggedEvent",
    "Pseudonyms",
    "Recorded",
    "Shown",
    "UserCounts",
]
