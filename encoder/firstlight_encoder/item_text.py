"""The one notion of *item text*: how catalogue fields, categories and brands become what the text encoder reads.

Changing a wording here changes every vector, so the fingerprint of a space covers ``ITEM_TEXT_VERSION``.
Knows nothing of encoders or vectors.
"""

from collections.abc import Sequence

ITEM_TEXT_VERSION = 1
"""Raised with every change of wording."""

MAX_DESCRIPTION_CHARACTERS = 400
"""Descriptions are cut here: the encoder reads 256 tokens, and the first sentences say what the item is."""


def item_text(
    title: str,
    *,
    category: Sequence[str] = (),
    tags: Sequence[str] = (),
    brand: str | None = None,
    description: str | None = None,
) -> str:
    """The text of an item: its title first, then brand, category (leaf first), tags and the start of its description.

    A shop's categories are either a path (``category``, root first) or alternatives (``tags``).
    """
    parts = [title]
    if brand:
        parts.append(brand)
    if category:
        parts.append(" < ".join(reversed(category)))
    if tags:
        parts.append(", ".join(tags))
    if description:
        parts.append(description[:MAX_DESCRIPTION_CHARACTERS])
    return ". ".join(parts)


def category_text(name: str) -> str:
    """The prompt that stands for declaring a category, given by its name or its path."""
    return f"category: {name}"


def brand_text(name: str) -> str:
    """The prompt that stands for declaring a brand."""
    return f"brand: {name}"
