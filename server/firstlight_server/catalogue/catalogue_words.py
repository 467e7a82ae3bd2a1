"""Translates between CatalogueService's messages and the server's nouns; the only file that touches their fields.

Expects validated messages. Texts are tidied as a build tidies them, but for markup, which callers must not send.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight_server.catalogue.tagging import FittingTag
from firstlight_store.catalogue_changes import ChangedItem

_SHOWN_CHARACTERS = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def changed_item(item: pb.CatalogueItem) -> ChangedItem:
    """The item that a message describes."""
    return ChangedItem(
        item_id=item.item_id,
        title=_tidy(item.title),
        description=_tidy(item.description),
        category=tuple(map(_tidy, item.category)),
        brand=_tidy(item.brand) or None,
        price=item.price if item.HasField("price") else None,
        available=not item.unavailable,
        attributes=_attributes(item.attributes),
    )


def unknown_item(place: int, item_id: str) -> types_pb2.Warning:
    """The warning for an id that the catalogue does not have."""
    shown = item_id if len(item_id) <= _SHOWN_CHARACTERS else item_id[:_SHOWN_CHARACTERS] + "..."
    message = f"{shown!r} is not in the catalogue; it was ignored: check the id"
    return types_pb2.Warning(code=types_pb2.WARNING_CODE_UNKNOWN_ITEM, field=f"item_ids[{place}]", message=message)


def tagged_item(item_id: str, tags: Iterable[FittingTag]) -> pb.TaggedItem:
    """The message that tells an item's tags."""
    return pb.TaggedItem(item_id=item_id, tags=[pb.Tag(name=tag.name, confidence=tag.confidence) for tag in tags])


def _attributes(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs in order; a key or value of which nothing is left says nothing."""
    pairs = {_tidy(key): _tidy(value) for key, value in sorted(given.items())}
    return tuple(sorted((key, value) for key, value in pairs.items() if key and value))


def _tidy(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFKC", text)).split())
