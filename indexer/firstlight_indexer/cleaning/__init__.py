"""From a shop's raw rows to the cleaned domain: every row is kept or counted under one reason, none vanishes.

`clean(domain, out)` is the door.
"""

from firstlight_indexer.cleaning.whole_domain import clean

__all__ = ["clean"]
