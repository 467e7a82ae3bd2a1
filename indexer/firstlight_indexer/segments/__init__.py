"""Segments of users: clusters of what they like, named by what they take, the same ones from one build to the next.

`segment_users` is the door. It knows nothing of servers.
"""

from firstlight_indexer.segments.segmentation import Segment, Segmentation, segment_users

__all__ = ["Segment", "Segmentation", "segment_users"]
