"""Prices as numbers, whatever way they were written. It does not convert currencies."""

import polars as pl

_SPACES_AND_APOSTROPHES = r"[\s\x{00A0}\x{202F}'’]"
_CURRENCY = (
    r"(?i)[\p{Sc}]|\b(USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|RUB|INR|CNY|RMB|BRL|TRY|kr|zł|Kč|руб|Rs)\b\.?"
)
_NEGATIVE = r"^-|-$|^\(.*\)$"


def price(name: str, kind: pl.DataType) -> pl.Expr:
    """Return column `name` of type `kind` as Float64; null where it is absent or no number.

    Text may carry a currency and separators of thousands: '£1,234.50', '1.234,50 €', "1'234.50", '(5.00)', 'USD 12'.
    Where both '.' and ',' stand, the last is the decimal point. A lone '.' is a decimal point; a lone ',' is one too
    unless exactly three digits follow it ('1,234' is 1234; '12,5' is 12.5).
    """
    if kind != pl.String:
        number = pl.col(name).cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number)
    bare = pl.col(name).str.replace_all(_CURRENCY, "").str.replace_all(_SPACES_AND_APOSTROPHES, "")
    negative = bare.str.contains(_NEGATIVE)
    digits = bare.str.strip_chars("-+()")
    number = _with_point(digits).cast(pl.Float64, strict=False)
    signed = pl.when(negative).then(-number).otherwise(number)
    return pl.when(digits.str.contains(r"^[0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?\d+)?$") & number.is_finite()).then(signed)


def _with_point(digits: pl.Expr) -> pl.Expr:
    """Return `digits` with '.' as the decimal point and nothing between thousands."""
    no_commas = digits.str.replace_all(",", "", literal=True)
    no_points = digits.str.replace_all(".", "", literal=True)
    decimal_comma = no_points.str.replace(",", ".", literal=True)
    return (
        pl.when(digits.str.contains(r"^\d{1,3}(\.\d{3})+,\d+$"))
        .then(decimal_comma)
        .when(digits.str.contains(r"^\d{1,3}(\.\d{3}){2,}$"))
        .then(no_points)
        .when(digits.str.contains(r"^\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$"))
        .then(no_commas)
        .when(digits.str.contains(r"^\d*,\d+$"))
        .then(decimal_comma)
        .otherwise(digits)
    )
