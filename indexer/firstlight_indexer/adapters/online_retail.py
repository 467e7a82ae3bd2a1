"""UCI Online Retail: a year of invoices of a British gift shop, from the CSV file the user has.

Cancelling invoices (number beginning with C) become `remove_from_cart` events: the customer had the thing and gave it
back, which is what that event says, and the purchase it cancels stays, as it stays in any shop's log.
"""

from pathlib import Path

import polars as pl

from firstlight_indexer.errors import AdapterError
from firstlight_indexer.reading import TableSource, scan

TOML = """\
# Written by the online-retail adapter of Firstlight.
[domain]
name = "online-retail"
notice = "Online Retail by Daqing Chen, UCI Machine Learning Repository, CC BY 4.0."

[catalogue]
path = "catalogue.parquet"

[events]
path = "events.parquet"

[events.types]
cancel = "remove_from_cart"

[cleaning]
# Stock codes are five digits and a letter or two; the others are postage, fees, vouchers, samples and corrections.
not_for_sale_ids = ['^(POST|DOT|M|D|S|B|C2|CRUK|PADS|AMAZONFEE|BANK CHARGES)$', '^GIFT_']
"""

_COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID")


class OnlineRetail:
    """Writes the data set of the UCI repository."""

    about = "A year of invoices of a British gift shop (UCI Online Retail; give the path of its CSV file)"

    def write(self, folder: Path, *, source: Path | None) -> None:
        """Write the domain; see `Adapter.write`. `source` is the CSV (or .csv.gz) file, or the folder it lies in."""
        lines = _lines(_csv_file(source))
        _catalogue(lines).write_parquet(folder / "catalogue.parquet")
        _events(lines).write_parquet(folder / "events.parquet")
        (folder / "firstlight.toml").write_text(TOML, encoding="utf-8")


def _csv_file(source: Path | None) -> Path:
    if source is None:
        raise AdapterError("online-retail needs the path of the UCI Online Retail CSV file (.csv or .csv.gz)")
    if source.is_file():
        return source
    found = sorted([*source.glob("*.csv"), *source.glob("*.csv.gz")])
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise AdapterError(f"{source}: one CSV file was looked for and {names} found; give the path of the file itself")
    return found[0]


def _lines(path: Path) -> pl.DataFrame:
    """Return the invoice lines, typed; a value that cannot be read is null, for cleaning to find and count."""
    table = TableSource(table="online-retail", pattern=path, known=_COLUMNS, required=_COLUMNS)
    text = pl.col("InvoiceDate")
    times = [
        text.str.to_datetime(pattern, time_unit="us", strict=False)
        for pattern in ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M")
    ]
    rows = scan(table).frame.select(
        pl.col("CustomerID").str.strip_suffix(".0").alias("user_id"),
        pl.col("StockCode").str.strip_chars().str.to_uppercase().alias("item_id"),
        pl.col("Description").str.strip_chars().alias("title"),
        pl.col("Quantity").cast(pl.Int64, strict=False).alias("pieces"),
        pl.col("UnitPrice").cast(pl.Float64, strict=False).alias("price"),
        pl.coalesce(times).alias("timestamp"),
        pl.col("InvoiceNo").alias("session_id"),
    )
    return rows.collect(engine="streaming")


def _catalogue(lines: pl.DataFrame) -> pl.DataFrame:
    """Return one item a stock code: its most frequent description and its median price.

    Lines without a price are notes of the warehouse ('damages', 'check', '?'), so that sold lines name an item first.
    A code that was never sold has price 0, for cleaning to drop.
    """
    sold = lines.filter(pl.col("price") > 0)
    names = pl.concat([_commonest_title(sold), _commonest_title(lines)]).unique(
        "item_id", keep="first", maintain_order=True
    )
    prices = sold.group_by("item_id").agg(pl.col("price").median().round(2))
    shouted = pl.col("title") == pl.col("title").str.to_uppercase()
    return (
        lines.select("item_id").drop_nulls().unique()
        .join(names, on="item_id", how="left")
        .join(prices, on="item_id", how="left")
        .select(
            "item_id",
            pl.when(shouted).then(pl.col("title").str.to_titlecase()).otherwise("title").alias("title"),
            pl.col("price").fill_null(0.0),
        )
        .sort("item_id")
    )  # fmt: skip


def _commonest_title(lines: pl.DataFrame) -> pl.DataFrame:
    counted = lines.drop_nulls("title").group_by("item_id", "title").agg(pl.len().alias("times"))
    ordered = counted.sort(["item_id", "times", "title"], descending=[False, True, False])
    return ordered.unique("item_id", keep="first", maintain_order=True).select("item_id", "title")


def _events(lines: pl.DataFrame) -> pl.DataFrame:
    """Return one event for each customer, item and invoice; lines without a customer stay, for cleaning to count.

    The weight is 1 + log2(pieces), at most 4: many customers are wholesalers, and a gross is not 144 times a liking.
    """
    pieces = pl.col("pieces").sum().abs().clip(1, 8)
    cancelled = pl.col("session_id").str.starts_with("C").fill_null(value=False)
    return (
        lines.group_by("user_id", "item_id", "session_id")
        .agg(pl.col("timestamp").min(), (1 + pieces.log(2)).cast(pl.Float32).alias("weight"))
        .sort("timestamp", "session_id", "item_id", "user_id")
        .select(
            "user_id",
            "item_id",
            pl.when(cancelled).then(pl.lit("cancel")).otherwise(pl.lit("purchase")).alias("event_type"),
            "timestamp",
            "weight",
            "session_id",
        )
    )
