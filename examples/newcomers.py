"""Five newcomers to any catalogue, from one of whom nothing is known to one who did five things.

Their examples come from the catalogue's own popular items, so that they fit every domain. Knows nothing of servers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from firstlight import Declaration, Event, EventType

MIN_KIND_TITLES = 8
KINDS_NEEDED = 5
KINDS_SKIPPED = 10
"""What everybody wants most says little of anybody: examples come after these, where there are enough kinds."""

SHOPPING = (EventType.VIEW, EventType.VIEW, EventType.CART, EventType.PURCHASE, EventType.PURCHASE)
"""What the newcomer of five events does, oldest first."""

Item: TypeAlias = tuple[str, str]
"""An item's id and its title."""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody the shop hardly knows.

    Attributes:
        title: What sort of newcomer this is.
        known: For people: what is known of them, a line each.
        events: What they did, oldest first.
        declarations: What they say they want.
    """

    title: str
    known: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    declarations: tuple[Declaration, ...] = ()


class CatalogueTooSmallError(Exception):
    """The catalogue has too few kinds of items to make five newcomers of; the message counts them."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Items of one category (the second level of the path), or, without categories, whose titles end in the same word.

    Attributes:
        name: The category's name, or the word.
        items: Its items, one a title, the most popular first.
    """

    name: str
    items: Sequence[Item]


def five_newcomers(items: pl.DataFrame, *, words: str) -> tuple[Newcomer, ...]:
    """The five newcomers.

    Args:
        items: A snapshot's items.parquet: item_id, title, category, available and log_prior at least.
        words: What the newcomer who only speaks says.

    Raises:
        CatalogueTooSmallError: It has too few kinds of items.
    """
    kinds = popular_kinds(items)
    if len(kinds) < KINDS_NEEDED:
        raise CatalogueTooSmallError(f"{len(kinds)} kinds of {MIN_KIND_TITLES} titles or more; it takes {KINDS_NEEDED}")
    start = min(KINDS_SKIPPED, len(kinds) - KINDS_NEEDED)
    first, second, third, fourth, fifth = kinds[start : start + KINDS_NEEDED]
    shopped = (*fourth.items[:3], *fifth.items[:2])
    return (
        Newcomer(title="Nothing known"),
        _declares("Two declared categories", first, second),
        Newcomer(title="Free text", known=(f"says “{words}”",), declarations=(Declaration.text(words),)),
        _does("One event", third.items[:1], [EventType.VIEW]),
        _does("Five events", shopped, SHOPPING),
    )


def popular_kinds(items: pl.DataFrame) -> list[Kind]:
    """The kinds of items that newcomers most want, the most wanted first.

    Args:
        items: A snapshot's items.parquet: item_id, title, category, available and log_prior at least.
    """
    path, last_word = pl.col("category"), pl.col("title").str.split(" ").list.last()
    kinds = (
        items.filter("available")
        .with_columns(kind=pl.coalesce(path.list.get(1, null_on_oob=True), path.list.first(), last_word))
        .sort("log_prior", "item_id", descending=[True, False])
        .group_by("kind", maintain_order=True)
        .agg("item_id", "title", mass=pl.col("log_prior").exp().sum())
        .filter(pl.col("title").list.n_unique() >= MIN_KIND_TITLES)
        .sort("mass", "kind", descending=[True, False])
    )
    return [
        Kind(name=name, items=_distinctly_titled(zip(item_ids, titles, strict=True)))
        for name, item_ids, titles in kinds.select("kind", "item_id", "title").iter_rows()
    ]


def _distinctly_titled(items: Iterable[Item]) -> list[Item]:
    first_of_title: dict[str, Item] = {}
    for item in items:
        first_of_title.setdefault(item[1], item)
    return list(first_of_title.values())


def _declares(title: str, *kinds: Kind) -> Newcomer:
    return Newcomer(
        title=title,
        known=tuple(f"declares “{kind.name}”" for kind in kinds),
        declarations=tuple(Declaration.category(kind.name) for kind in kinds),
    )


def _does(title: str, items: Sequence[Item], types: Sequence[EventType]) -> Newcomer:
    done = list(zip(types, items, strict=True))
    return Newcomer(
        title=title,
        known=tuple(f"{type_}: {item_title}" for type_, (_, item_title) in done),
        events=tuple(Event(item_id, type=type_) for type_, (item_id, _) in done),
    )
