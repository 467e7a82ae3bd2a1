"""Times as UTC microseconds, whatever way they were written. It does not judge whether a time is possible."""

import polars as pl

from firstlight_indexer.contract import TIMESTAMP_TYPE

_DATE = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[Tt_ ]+|$)"
_ZERO_OFFSET = r"(?i)\s*(UTC|GMT|Z)$"
_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}
_LARGEST_SECONDS, _LARGEST_MS, _LARGEST_US = 10**11, 10**14, 10**17  # the years 5138, 5138 and 5138


def moment(name: str, kind: pl.DataType, *, pattern: str | None = None) -> pl.Expr:
    """Return column `name` of type `kind` as UTC microseconds; null where it is absent or unreadable.

    Text is read by `pattern` (strftime) if given, else as ISO 8601 or as a number since 1970. A number counts seconds,
    milliseconds, microseconds or nanoseconds, by its size. A time without an offset is UTC.
    """
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        return (column.dt.convert_time_zone("UTC") if kind.time_zone else column.dt.replace_time_zone("UTC")).cast(
            TIMESTAMP_TYPE
        )
    if kind == pl.Date:
        return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if kind.is_numeric():
        return _since_1970(column)
    return _by_pattern(column, pattern) if pattern is not None else _iso_or_number(column.cast(pl.String))


def _by_pattern(text: pl.Expr, pattern: str) -> pl.Expr:
    has_offset = "%z" in pattern or "%:z" in pattern or "%#z" in pattern
    read = text.str.strip_chars().str.to_datetime(
        pattern, time_unit="us", time_zone="UTC" if has_offset else None, strict=False
    )
    return read if has_offset else read.dt.replace_time_zone("UTC")


def _iso_or_number(text: pl.Expr) -> pl.Expr:
    plain = text.str.strip_chars().str.replace(_DATE, "$1-$2-$3 ").str.replace(_ZERO_OFFSET, "").str.strip_chars_end()
    without_offset = [
        plain.str.to_datetime(pattern, time_unit="us", strict=False)
        for pattern in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
    ]
    compact = plain.str.replace(r"\s*([+-]\d{2}):?(\d{2})?$", "$1$2").str.replace(r"([+-]\d{2})$", "${1}00")
    with_offset = compact.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%z", time_unit="us", time_zone="UTC", strict=False)
    return pl.coalesce(*[part.dt.replace_time_zone("UTC") for part in without_offset], with_offset, _number(plain))


def _number(text: pl.Expr) -> pl.Expr:
    return pl.coalesce(_since_1970(text.cast(pl.Int64, strict=False)), _since_1970(text.cast(pl.Float64, strict=False)))


def _since_1970(number: pl.Expr) -> pl.Expr:
    size = number.abs()
    micros = (
        pl.when(size < _LARGEST_SECONDS)
        .then(number * _MICROSECONDS["s"])
        .when(size < _LARGEST_MS)
        .then(number * _MICROSECONDS["ms"])
        .when(size < _LARGEST_US)
        .then(number)
        .otherwise(number // 1_000)
    )
    return micros.cast(pl.Int64, strict=False).cast(TIMESTAMP_TYPE)
