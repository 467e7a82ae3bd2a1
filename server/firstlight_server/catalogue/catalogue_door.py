"""The door of CatalogueService: every limit its contract promises, all violations reported at once.

Knows nothing of snapshots: whether an id exists is no matter of form.
"""

import math
from collections.abc import Iterable, Sequence

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight_server import limits
from firstlight_server.errors import InvalidRequestError, Violation

_SHOWN_CHARACTERS = 40


def check_upsert(request: pb.UpsertItemsRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field, as ``items[2].title``."""
    found = _count("items", len(request.items), least=1, most=limits.MAX_CHANGED_ITEMS)
    items = request.items[: limits.MAX_CHANGED_ITEMS]
    for index, item in enumerate(items):
        found += _item(f"items[{index}].", item)
    found += _repeated("items[{}].item_id", [item.item_id for item in items])
    _raise_if_any(found + _request_id(request.request_id))


def check_delete(request: pb.DeleteItemsRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    found = _count("item_ids", len(request.item_ids), least=1, most=limits.MAX_CHANGED_ITEMS)
    found += _ids("item_ids[{}]", request.item_ids[: limits.MAX_CHANGED_ITEMS])
    _raise_if_any(found + _request_id(request.request_id))


def check_tag(request: pb.TagItemsRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    together = len(request.item_ids) + len(request.items)
    found = _count("items", together, least=1, most=limits.MAX_CHANGED_ITEMS)
    found += _ids("item_ids[{}]", request.item_ids[: limits.MAX_CHANGED_ITEMS])
    for index, item in enumerate(request.items[: limits.MAX_CHANGED_ITEMS]):
        found += _item(f"items[{index}].", item)
    found += _count("tags", len(request.tags), least=1, most=limits.MAX_TAGS)
    for index, tag in enumerate(request.tags[: limits.MAX_TAGS]):
        found += _words(f"tags[{index}]", tag, limits.MAX_TEXT_CHARACTERS)
    found += _repeated("tags[{}]", request.tags)
    if request.HasField("min_confidence") and not 0 <= request.min_confidence <= 1:
        found.append(Violation("min_confidence", f"{request.min_confidence} is outside 0..1"))
    _raise_if_any(found + _request_id(request.request_id))


def _item(prefix: str, item: pb.CatalogueItem) -> list[Violation]:
    found = _ids(f"{prefix}item_id", [item.item_id])
    found += _words(f"{prefix}title", item.title, limits.MAX_TEXT_CHARACTERS)
    found += _length(f"{prefix}description", item.description, limits.MAX_DESCRIPTION_CHARACTERS)
    found += _count(f"{prefix}category", len(item.category), least=0, most=limits.MAX_CATEGORY_LEVELS)
    for level, name in enumerate(item.category[: limits.MAX_CATEGORY_LEVELS]):
        found += _words(f"{prefix}category[{level}]", name, limits.MAX_TEXT_CHARACTERS)
    found += _length(f"{prefix}brand", item.brand, limits.MAX_TEXT_CHARACTERS)
    if item.HasField("price") and not (math.isfinite(item.price) and item.price >= 0):
        found.append(Violation(f"{prefix}price", f"{item.price} is not a finite number of at least 0"))
    found += _count(f"{prefix}attributes", len(item.attributes), least=0, most=limits.MAX_ATTRIBUTES)
    for key, value in sorted(item.attributes.items())[: limits.MAX_ATTRIBUTES]:
        found += _words(f"{prefix}attributes", key, limits.MAX_TEXT_CHARACTERS, what="a key ")
        found += _length(f"{prefix}attributes[{_shown(key)}]", value, limits.MAX_TEXT_CHARACTERS)
    return found


def _ids(field: str, ids: Sequence[str]) -> list[Violation]:
    most = limits.MAX_ITEM_ID_CHARACTERS
    found: list[Violation] = []
    for index, item_id in enumerate(ids):
        if not item_id.strip():
            found.append(Violation(field.format(index), "required: the catalogue's id of an item"))
        elif item_id != item_id.strip() or not item_id.isprintable():
            found.append(Violation(field.format(index), "begins or ends with a space, or holds a control character"))
        found += _length(field.format(index), item_id, most)
    return found


def _repeated(field: str, names: Iterable[str]) -> list[Violation]:
    first: dict[str, int] = {}
    return [
        Violation(field.format(index), f"{_shown(name)} is {field.format(first[name])} already; send each once")
        for index, name in enumerate(names)
        if first.setdefault(name, index) != index
    ]


def _words(field: str, text: str, most: int, *, what: str = "") -> list[Violation]:
    return _length(field, text, most) if text.strip() else [Violation(field, f"{what}must not be blank")]


def _length(field: str, text: str, most: int) -> list[Violation]:
    return [Violation(field, f"{len(text):,} characters; at most {most:,}")] if len(text) > most else []


def _count(field: str, count: int, *, least: int, most: int) -> list[Violation]:
    if count < least:
        return [Violation(field, f"required: give {least} to {most:,}")]
    return [Violation(field, f"{count:,} entries; at most {most:,}")] if count > most else []


def _request_id(given: str) -> list[Violation]:
    return _length("request_id", given, limits.MAX_REQUEST_ID_CHARACTERS)


def _shown(value: str) -> str:
    return repr(value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "...")


def _raise_if_any(found: Sequence[Violation]) -> None:
    if found:
        raise InvalidRequestError(found)
