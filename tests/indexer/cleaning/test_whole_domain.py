import json
import random
from pathlib import Path

import polars as pl
import pytest

from firstlight_indexer.cleaning import clean
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import LostRowsError, NothingLeftError, SourceFileError
from firstlight_indexer.report import Drop, TableReport
from tests.indexer.small_shop import CATALOGUE, EVENTS, Shop

FILES = ("items.parquet", "events.parquet", "quarantine.parquet", "report.json", "report.html")


def messy_events(seed: int) -> str:
    draw = random.Random(seed)
    users, items = ["ann", "bob", "", "nan", "zoe"], ["tea", "cup", "pot", "jug", ""]
    kinds, times = ["view", "cart", "zap", ""], ["2024-03-01", "1709294400", "never", "1960-01-01", ""]
    rows = [",".join(draw.choice(part) for part in (users, items, kinds, times)) for _ in range(400)]
    odd = ["a,b", "x,y,z,w,v", '"open,tea,view,2024-03-01', "ann,tea,view,2024-03-01,"]
    return EVENTS + "\n".join(draw.sample(rows + odd, k=len(rows) + len(odd)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_read_are_rows_kept_and_rows_dropped(shop: Shop, seed: int) -> None:
    events = messy_events(seed)
    shop.write(events=events, catalogue=CATALOGUE + "x,,1\nx\ntea,Tea,1\n")
    domain = shop.clean()
    report = json.loads(domain.report_json.read_text())
    quarantine = pl.read_parquet(domain.quarantine)
    lines = {"catalogue": 6, "events": events.count("\n")}
    for table, kept in zip(report["tables"], (domain.items, domain.events), strict=True):
        assert table["rows_read"] == lines[table["table"]]
        assert table["rows_kept"] == pl.read_parquet(kept).height
        counted = {drop["reason"]: drop["count"] for drop in table["drops"]}
        assert sum(counted.values()) == table["rows_read"] - table["rows_kept"]
        mine = quarantine.filter(pl.col("table") == table["table"])
        assert counted == dict(mine.group_by("reason").len().iter_rows())
        assert mine.select("row").is_unique().all()
        assert all(1 <= len(drop["examples"]) <= 5 for drop in table["drops"])


def test_the_same_input_gives_the_same_bytes(shop: Shop) -> None:
    shop.write(events=messy_events(4))
    first, second = shop.clean("one"), shop.clean("two")
    for name in FILES:
        assert (first.directory / name).read_bytes() == (second.directory / name).read_bytes(), name


def test_the_folder_holds_the_files_of_the_contract_and_nothing_else(shop: Shop) -> None:
    domain = shop.clean()
    assert isinstance(domain, CleanDomain)
    assert sorted(path.name for path in domain.directory.iterdir()) == sorted(FILES)


def test_a_wrong_file_leaves_the_last_clean_domain_in_place(shop: Shop) -> None:
    before = {name: (shop.clean().directory / name).read_bytes() for name in FILES}
    (shop.folder / "events.csv").write_bytes(b"")
    with pytest.raises(SourceFileError, match="the file is empty"):
        shop.clean()
    assert {name: (shop.folder / "clean" / name).read_bytes() for name in FILES} == before


def test_a_column_mapped_wrongly_ends_with_the_reason_and_an_example(shop: Shop) -> None:
    shop.write(toml='[events.columns]\ntimestamp = "user_id"\n')
    with pytest.raises(NothingLeftError) as caught:
        shop.clean()
    assert "events: none of 3 rows of events.csv" in str(caught.value)
    assert "3 × unreadable_timestamp" in str(caught.value)
    assert 'events.csv, row 2: {"user_id":"ann"' in str(caught.value)


def test_a_log_with_a_header_and_no_rows_leaves_nothing(shop: Shop) -> None:
    shop.write(events="user_id,item_id,event_type,timestamp\n")
    with pytest.raises(NothingLeftError, match="none of 0 rows"):
        shop.clean()


def test_a_report_that_does_not_add_up_is_refused() -> None:
    drop = Drop(reason="unreadable_row", explanation="", count=1, share=0.1, examples=())
    with pytest.raises(LostRowsError, match="10 rows read, but 8 kept and 1 dropped"):
        TableReport(table="events", files=("x",), rows_read=10, rows_kept=8, drops=(drop,), changes={})


def test_progress_names_every_stage(shop: Shop) -> None:
    stages: dict[str, tuple[int, int | None]] = {}

    def listen(stage: str, done: int, total: int | None) -> None:
        stages[stage] = (done, total)

    clean(load_domain(shop.folder), shop.folder / "clean", progress=listen)
    names = ["clean catalogue", "read catalogue", "clean events", "read events", "sort events", "report"]
    assert list(stages) == names
    assert all(done == total for done, total in stages.values())


def test_one_file_can_be_both_catalogue_and_log(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("u,i,what,k,t\nann,1,Tea,view,2024-03-01\nbob,1,Tea,cart,2024-03-01\n")
    (tmp_path / "firstlight.toml").write_text(
        '[domain]\nname = "log"\n[catalogue]\npath = "log.csv"\ncolumns = {item_id = "i", title = "what"}\n'
        '[events]\npath = "log.csv"\ncolumns = {user_id = "u", item_id = "i", event_type = "k", timestamp = "t"}\n'
    )
    domain = clean(load_domain(tmp_path), tmp_path / "clean")
    assert pl.read_parquet(domain.items)["item_id"].to_list() == ["1"]
    assert pl.read_parquet(domain.events).height == 2
