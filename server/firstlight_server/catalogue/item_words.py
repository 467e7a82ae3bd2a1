"""The words of items as the text encoder reads them. Knows nothing of vectors."""

from firstlight_encoder.item_text import item_text
from firstlight_server.catalogue.shelves import Shelves
from firstlight_store import ItemTable
from firstlight_store.catalogue_changes import ChangedItem


def item_words(item: ChangedItem, shelves: Shelves) -> str:
    """The text of an item, as a build of the same catalogue would write it."""
    field = "tags" if shelves.are_tags(item.category) else "category"
    return item_text(item.title, brand=item.brand, description=item.description or None, **{field: item.category})


def row_words(items: ItemTable, row: int, shelves: Shelves) -> str:
    """The text of an item of a catalogue, without its description, which servers do not keep."""
    category, brand = items.category(row), items.brand(row)
    return item_words(ChangedItem(item_id="", title=items.title(row), category=category, brand=brand), shelves)
