"""A snapshot with some items added, changed and removed since it was built, seen as if it had been built so.

Everything here is made anew at every change and never changed afterwards, like a snapshot itself. What is mapped stays
mapped: nothing of the catalogue's size is copied but a few numbers an item.
"""

from firstlight_store.overlay.appended import appended
from firstlight_store.overlay.overlaid_index import OverlaidIndex
from firstlight_store.overlay.overlaid_items import OverlaidItems

__all__ = ["OverlaidIndex", "OverlaidItems", "appended"]
