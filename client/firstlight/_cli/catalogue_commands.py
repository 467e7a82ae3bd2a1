"""Reads items from files, and sends them a few hundred at a time. It does not know what answers look like in print."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from firstlight._catalogue_item import CatalogueItem, TaggedItems, UpsertedItems
from firstlight._cli.output import Output
from firstlight._client import Client

_AT_ONCE = 250
"""Items a call: their texts are encoded in a second or so."""


def run(client: Client, arguments: Namespace, output: Output) -> None:
    """Run the command that `arguments` name."""
    match arguments.command:
        case "upsert":
            output.upserted(upsert(client, arguments.file))
        case "delete-items":
            output.deleted(client.delete_items(arguments.item_ids))
        case _:
            output.tagged(tag(client, arguments))


def upsert(client: Client, file: str) -> UpsertedItems:
    """Add or replace the items of a file of JSON lines; all of it is read first.

    Raises:
        ValueError: A line is no item; the message names it.
        OSError: The file cannot be read.
    """
    items = _items(file)
    done = [client.upsert_items(items[start : start + _AT_ONCE]) for start in range(0, len(items), _AT_ONCE)]
    return UpsertedItems(
        added_count=sum(each.added_count for each in done), replaced_count=sum(each.replaced_count for each in done)
    )


def tag(client: Client, arguments: Namespace) -> TaggedItems:
    """Tag items named on the command line, and those of a file."""
    return client.tag_items(
        arguments.tags,
        item_ids=arguments.item_ids,
        items=_items(arguments.file) if arguments.file else (),
        min_confidence=arguments.min_confidence,
    )


def _items(file: str) -> list[CatalogueItem]:
    if file == "-":
        return _read("standard input", sys.stdin)
    with Path(file).open(encoding="utf-8") as lines:
        return _read(file, lines)


def _read(name: str, lines: Iterable[str]) -> list[CatalogueItem]:
    return [_item(f"{name}, line {number}", line) for number, line in enumerate(lines, 1) if line.strip()]


def _item(place: str, line: str) -> CatalogueItem:
    try:
        told: Any = json.loads(line)
        return CatalogueItem(**told)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}: not an item: {error}") from error
