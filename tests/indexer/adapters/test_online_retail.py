from pathlib import Path

import polars as pl
import pytest

from firstlight_indexer.adapters import adapt
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import AdapterError, SourceFileError
from tests.indexer.small_shop import dropped

LINES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,85123a,WHITE HANGING HEART,2,2010-12-01 08:26:00,2.95,17850.0,United Kingdom
536366,85123A,HEART WHITE,1,2010-12-01 08:28:00,2.55,17850.0,United Kingdom
536367,POST,POSTAGE,1,2010-12-01 08:34:00,18.00,12583.0,France
536368,22139,RETROSPOT TEA SET,1,2010-12-01 08:35:00,4.25,12583.0,France
536369,22139,amazon,9,2010-12-01 09:00:00,0.00,,United Kingdom
536370,99999,damages,-9,2010-12-01 09:00:00,0.00,,United Kingdom
C536379,85123A,WHITE HANGING HEART,-1,2010-12-01 09:41:00,2.55,17850.0,United Kingdom
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "online.csv").write_text(LINES)
    return adapt("online-retail", tmp_path / "out", tmp_path / "online.csv")


def test_a_code_gets_its_commonest_description_of_sold_lines(written: Path) -> None:
    rows = pl.read_parquet(written.parent / "catalogue.parquet").rows()
    assert rows == [
        ("22139", "Retrospot Tea Set", 4.25), ("85123A", "White Hanging Heart", 2.55), ("99999", "damages", 0.0),
        ("POST", "Postage", 18.0),
    ]  # fmt: skip


def test_lines_of_one_invoice_and_item_are_one_event(written: Path) -> None:
    events = pl.read_parquet(written.parent / "events.parquet").filter(pl.col("session_id") == "536365")
    assert events.select("user_id", "item_id", "event_type", "weight").rows() == [("17850", "85123A", "purchase", 4.0)]


def test_cleaning_drops_charges_unsold_codes_and_unknown_customers_and_keeps_cancellations(
    written: Path, tmp_path: Path
) -> None:
    domain = clean(load_domain(written), tmp_path / "clean")
    assert pl.read_parquet(domain.items)["item_id"].to_list() == ["22139", "85123A"]
    assert [reason for _, reason in dropped(domain, "catalogue")] == ["price_not_positive", "not_for_sale"]
    assert sorted(reason for _, reason in dropped(domain, "events")) == [
        "item_dropped",
        "missing_user_id",
        "missing_user_id",
    ]
    kinds = pl.read_parquet(domain.events).select("session_id", "event_type").rows()
    assert ("C536379", "remove_from_cart") in kinds


def test_the_folder_of_the_file_will_do(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "online.csv").write_text(LINES)
    assert adapt("online-retail", tmp_path / "out", tmp_path / "source").is_file()


def test_without_a_path_the_adapter_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="needs the path"):
        adapt("online-retail", tmp_path / "out")
    with pytest.raises(AdapterError, match="one CSV file was looked for and none found"):
        adapt("online-retail", tmp_path / "out", tmp_path)


def test_another_csv_file_is_refused_by_its_header(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceFileError, match="'InvoiceNo'"):
        adapt("online-retail", tmp_path / "out", tmp_path / "other.csv")
