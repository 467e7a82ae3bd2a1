from pathlib import Path

import numpy as np
import polars as pl
import pytest

from firstlight_indexer.adapters import adapt
from firstlight_indexer.adapters.amazon_games import ITEMS, SEQUENCES, ShopSample
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import AdapterError
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.pipeline_settings import pipeline_settings


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / ITEMS).write_text('item_id:token\ttitle:token_seq\n0\t"Doom\n1\tPikmin &amp; Olimar\n2\tRocky\n')
    (folder / SEQUENCES).write_text(
        "user_id:token\titem_id_list:token_seq\titem_id:token\nu1\t2 0\t1\nu2\t0 1\t2\nu3\t2\t1\n"
    )
    return folder


def events_of(toml: Path) -> pl.DataFrame:
    return pl.read_parquet(toml.parent / "events.parquet")


def test_a_user_s_row_becomes_their_events_in_its_order_the_last_id_last(source: Path, tmp_path: Path) -> None:
    rows = events_of(adapt("amazon-games", tmp_path / "out", source)).rows()
    assert rows[:3] == [("u1", "2", "purchase", 1), ("u1", "0", "purchase", 2), ("u1", "1", "purchase", 3)]
    assert len(rows) == 8


def test_a_quote_in_a_title_is_a_letter_and_entities_are_left_to_cleaning(source: Path, tmp_path: Path) -> None:
    domain = clean(load_domain(adapt("amazon-games", tmp_path / "out", source)), tmp_path / "clean")
    assert pl.read_parquet(domain.items)["title"].to_list() == ['"Doom', "Pikmin & Olimar", "Rocky"]


def test_every_event_is_a_basket_and_the_order_survives_cleaning(source: Path, tmp_path: Path) -> None:
    domain = clean(load_domain(adapt("amazon-games", tmp_path / "out", source)), tmp_path / "clean")
    log = read_interactions(domain, Catalogue.read(domain))
    assert log.items.tolist() == [2, 0, 1, 0, 1, 2, 2, 1]
    assert len(np.unique(log.baskets)) == len(log)


def test_the_whole_set_is_judged_by_a_part_of_its_test_users(source: Path, tmp_path: Path) -> None:
    toml = adapt("amazon-games", tmp_path / "out", source)
    assert pipeline_settings(load_domain(toml)).evaluation.max_test_users == 4_000


def test_a_small_shop_keeps_items_and_users_that_enough_of_its_events_touch() -> None:
    events = pl.DataFrame({"user_id": ["a", "a", "b", "b", "c"], "item_id": ["x", "y", "x", "z", "z"]})
    sample = ShopSample(users=3, seed=0, events_an_item=2, events_a_user=2)
    assert sample.of(events).rows() == [("b", "x"), ("b", "z")]


def test_a_small_shop_is_drawn_by_its_seed() -> None:
    events = pl.DataFrame({"user_id": [str(user) for user in range(50)], "item_id": ["x"] * 50})
    first, again, other = (
        ShopSample(users=10, seed=seed, events_an_item=1, events_a_user=1).of(events)["user_id"].to_list()
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(first) == 10


def test_the_small_shop_s_catalogue_holds_what_its_users_touch(source: Path, tmp_path: Path) -> None:
    toml = adapt("amazon-games-small", tmp_path / "out", source)
    items = pl.read_parquet(toml.parent / "catalogue.parquet")["item_id"].to_list()
    assert items == sorted(events_of(toml)["item_id"].unique()) == ["1", "2"]
    assert load_domain(toml).name == "amazon-games-small"


def test_without_the_folder_or_its_files_the_adapter_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match=f"needs the path of the folder that holds {ITEMS}"):
        adapt("amazon-games", tmp_path / "out")
    with pytest.raises(AdapterError, match=f"{ITEMS}: there is no such file"):
        adapt("amazon-games", tmp_path / "out", tmp_path)


def test_another_table_is_refused_by_its_header(source: Path, tmp_path: Path) -> None:
    (source / ITEMS).write_text("id:token\tname:token_seq\n0\tDoom\n")
    with pytest.raises(AdapterError, match="column 'item_id' is missing among id, name"):
        adapt("amazon-games", tmp_path / "out", source)
