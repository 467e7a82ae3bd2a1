"""Schemas, one revision after another; an opened database is brought to the newest.

Of the event log here, and of others who keep theirs alike. A revision, once released, is never changed: another one
follows it. Knows nothing of what the tables hold.
"""

from firstlight_store.event_log.migrations.migrate import EVENT_LOG, Schema, migrate, require_made

__all__ = ["EVENT_LOG", "Schema", "migrate", "require_made"]
