from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from firstlight_indexer.adapters import adapt
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import AdapterError


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A miniature of the package's data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    pl.DataFrame(
        {
            "product_id": [1, 2, 3, 4],
            "manufacturer_id": [69, 7, 7, 7],
            "department": ["GROCERY", "GROCERY", "FUEL", "MISCELLANEOUS"],
            "brand": ["Private", "National", "Private", "National"],
            "product_category": ["SOFT DRINKS", "ICE CREAM/MILK/SHERBTS", "FUEL", None],
            "product_type": ["SFT DRNK 2 LITER BTL CARB INCL", "PREMIUM", "GASOLINE-REG UNLEADED", None],
            "package_size": ["2 L", None, None, None],
        }
    ).write_parquet(folder / "products.parquet")
    pl.DataFrame(
        {
            "household_id": [9, 9, 9, 8, 8, 8],
            "basket_id": [100, 100, 101, 102, 102, 103],
            "product_id": [1, 1, 1, 2, 3, 4],
            "quantity": [1, 3, 1, 0, 9_000, 1],
            "sales_value": [2.0, 3.0, 1.5, 0.0, 27.0, 5.0],
            "transaction_timestamp": [datetime(2017, 1, 1, 12, n) for n in range(6)],
        }
    ).write_parquet(folder / "transactions.parquet")
    return folder


def test_products_get_readable_titles_paths_and_prices(package: Path, tmp_path: Path) -> None:
    toml = adapt("complete-journey", tmp_path / "out", package)
    rows = pl.read_parquet(toml.parent / "catalogue.parquet").to_dicts()
    assert rows[0] == {
        "item_id": "1",
        "title": "Soft drink 2 liter bottle carbonated, 2 l (store brand)",
        "category": ["Grocery", "Soft drinks", "Soft drink 2 liter bottle carbonated"],
        "brand": "Private",
        "price": 1.5,
        "attributes": [{"key": "manufacturer", "value": "69"}, {"key": "package_size", "value": "2 L"}],
    }
    assert rows[1]["title"] == "Ice cream/milk/sherbets: premium"
    assert rows[1]["price"] is None


def test_lines_of_one_basket_and_product_are_one_purchase(package: Path, tmp_path: Path) -> None:
    toml = adapt("complete-journey", tmp_path / "out", package)
    events = pl.read_parquet(toml.parent / "events.parquet")
    bought = events.filter(pl.col("item_id") == "1").select("user_id", "session_id", "weight").rows()
    assert bought == [("9", "100", 3.0), ("9", "101", 1.0)]
    assert events.filter(pl.col("item_id") == "3")["weight"].to_list() == [4.0]
    assert events["event_type"].unique().to_list() == ["purchase"]


def test_the_written_domain_cleans_and_keeps_its_notice(package: Path, tmp_path: Path) -> None:
    domain = clean(load_domain(adapt("complete-journey", tmp_path / "out", package)), tmp_path / "clean")
    assert pl.read_parquet(domain.items)["item_id"].to_list() == ["1", "2"]
    assert "simulated data based on real grocery shopping patterns" in (domain.notice or "")
    assert "educational and exploratory data analysis purposes only" in domain.report_html.read_text()


def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match=r"products\.parquet: there is no such file"):
        adapt("complete-journey", tmp_path / "out", tmp_path)
    assert not (tmp_path / "out").exists()


def test_an_unknown_adapter_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="no adapter 'x'; choose one of complete-journey, online-retail"):
        adapt("x", tmp_path / "out")
