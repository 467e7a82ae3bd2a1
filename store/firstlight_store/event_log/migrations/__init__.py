"""The event log's schema, one revision after another; an opened log is brought to the newest.

A revision, once released, is never changed: another one follows it. Knows nothing of what the tables hold.
"""

from firstlight_store.event_log.migrations.migrate import NEWEST, migrate

__all__ = ["NEWEST", "migrate"]
