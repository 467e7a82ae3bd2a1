"""Composes product titles for a data set that has none, from type, category, package size and brand.

'Ice cream/milk/sherbets: premium, 16 oz (store brand)'. Products of one type, size and brand share a title.
"""

import re

import polars as pl

GRADES = frozenset(
    [
        "premium",
        "traditional",
        "enhanced",
        "economy",
        "regular",
        "mainstream",
        "specialty",
        "select",
        "choice",
        "lean",
        "primal",
        "natural",
        "value",
        "blends",
        "authentic",
        "loin",
        "other",
        "misc",
        "miscellaneous",
        "all",
        "super",
        "ultra",
        "popular",
        "angus",
        "bulk",
        "everyday",
        "seasonal",
        "fresh",
        "prepack",
    ]
)
"""Words that say how, not what: a type made of them alone needs its category before it."""

STORE_BRAND = "store brand"


def grocery_titles(
    *, category: pl.Series, product_type: pl.Series, package_size: pl.Series, brand: pl.Series
) -> pl.Series:
    """Return one title a product; null where neither type nor category is known.

    Args:
        category: (n,) readable names.
        product_type: (n,) readable names.
        package_size: (n,) such as '16 OZ'.
        brand: (n,) 'Private' or 'National'. Private is worth saying; National says nothing.
    """
    rows = zip(category, product_type, package_size, brand, strict=True)
    return pl.Series("title", [_title(*row) for row in rows], dtype=pl.String)


def _title(category: str | None, product_type: str | None, package_size: str | None, brand: str | None) -> str | None:
    name = _name(category, product_type)
    if name is None:
        return None
    size = f", {package_size.lower()}" if package_size else ""
    return f"{name}{size}{f' ({STORE_BRAND})' if brand == 'Private' else ''}"


def _name(category: str | None, product_type: str | None) -> str | None:
    if product_type is None or category is None:
        return product_type or category
    words = set(re.findall(r"[a-z]+", product_type.lower()))
    return f"{category}: {product_type[:1].lower()}{product_type[1:]}" if words <= GRADES else product_type
