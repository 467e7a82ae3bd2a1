"""The grammar of the commands that change and tag a catalogue. It does not know what they do."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable

UPSERT_TIMEOUT_S = 60.0
"""The deadline of each call of `upsert` and `tag` unless told otherwise, in seconds: texts are encoded first."""

_UPSERT_EPILOG = """\
a line of FILE is one item, such as:
  {"item_id": "82914", "title": "Oat rings", "category": ["Grocery", "Cold cereal"], "brand": "Sunrise", "price": 2.99}
  keys: item_id, title, description, category, brand, price, available, attributes; the first two are required

examples:
  firstlight upsert new-items.jsonl
  export-items | firstlight upsert -
"""


def add(command: Callable[[str, str], ArgumentParser]) -> None:
    """Add the commands with `command`, which takes a name and a summary."""
    upsert = command("upsert", "add items to the catalogue, or replace those of the same ids")
    upsert.epilog, upsert.formatter_class = _UPSERT_EPILOG, RawDescriptionHelpFormatter
    upsert.add_argument("file", metavar="FILE", help="JSON lines; - reads standard input")
    upsert.set_defaults(timeout=UPSERT_TIMEOUT_S)
    delete = command("delete-items", "remove items from the catalogue")
    delete.add_argument("item_ids", metavar="ITEM", nargs="+", help="an item's id")
    tag = command("tag", "say which tags fit items")
    tag.add_argument("tags", metavar="TAG", nargs="+", help="any words, such as 'gift for children'")
    tag.add_argument("--item", dest="item_ids", action="append", default=[], metavar="ITEM", help="an item's id")
    tag.add_argument("--file", metavar="FILE", help="items that need not be in the catalogue, as `upsert` reads them")
    tag.add_argument("--min-confidence", type=float, metavar="SHARE", help="the least, in 0..1 (the service's choice)")
    tag.set_defaults(timeout=UPSERT_TIMEOUT_S)
