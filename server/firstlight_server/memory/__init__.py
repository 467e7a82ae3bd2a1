"""Memory: what users did and were shown, read before an answer and written after it, from one place.

Imported only where events are kept (`events_url`), for it brings SQLAlchemy. Knows nothing of messages or ranking.
"""
