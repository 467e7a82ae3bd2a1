"""Memory: what users did and were shown, told by FeedbackService, read before an answer and written after it.

`remembering.py` is the door; it imports the rest only where events are kept (`events_url`), for that brings SQLAlchemy.
Knows nothing of ranking.
"""
