from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from firstlight_indexer.contract import EVENTS_SCHEMA
from tests.indexer.small_shop import EVENTS, Shop, dropped

HEADER = "user_id,item_id,event_type,timestamp,weight,session_id\n"
START = datetime(2024, 3, 1, tzinfo=UTC)


def test_every_column_of_the_contract_is_there_with_its_type_and_default(shop: Shop) -> None:
    frame = pl.read_parquet(shop.clean().events)
    assert dict(frame.schema) == EVENTS_SCHEMA
    assert frame.row(0) == ("ann", "tea", "view", START + timedelta(hours=10), 1.0, "ann@2024-03-01T10:00:00Z")


def test_events_are_sorted_by_user_then_time_then_as_they_came(shop: Shop) -> None:
    rows = ["bob,tea,view,3,,s", "ann,tea,view,2,,s", "ann,pot,view,1,,s", "ann,cup,view,1,,s", "ann,tea,cart,1,,s"]
    shop.write(
        events=HEADER
        + "".join(row.replace(",view,", ",view,170929440").replace(",cart,", ",cart,170929440") + "\n" for row in rows)
    )
    frame = pl.read_parquet(shop.clean().events)
    assert frame.select("user_id", "item_id", "event_type").rows() == [
        ("ann", "pot", "view"), ("ann", "cup", "view"), ("ann", "tea", "cart"), ("ann", "tea", "view"),
        ("bob", "tea", "view"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",tea,view,2024-03-01,,", "missing_user_id"),
        ("nan,tea,view,2024-03-01,,", "missing_user_id"),
        ("ann,,view,2024-03-01,,", "missing_item_id"),
        ("ann,tea,,2024-03-01,,", "missing_event_type"),
        ("ann,tea,view,,,", "missing_timestamp"),
        ("ann,tea,stare,2024-03-01,,", "unknown_event_type"),
        ("ann,tea,view,noon,,", "unreadable_timestamp"),
        ("ann,tea,view,2024-03-01,heavy,", "unreadable_weight"),
        ("ann,tea,view,2024-03-01,inf,", "unreadable_weight"),
        ("ann,tea,view,1970-01-01,,", "impossible_time"),
        ("ann,tea,view,2199-01-01,,", "impossible_time"),
        ("ann,jug,view,2024-03-01,,", "item_not_in_catalogue"),
        ("ann,free,view,2024-03-01,,", "item_dropped"),
        ("ann,tea,vi", "unreadable_row"),
    ],
)
def test_a_bad_event_is_dropped_with_its_reason_and_line(shop: Shop, row: str, reason: str) -> None:
    shop.write(
        catalogue="item_id,title,price\ntea,Tea,1\nfree,Free,0\n",
        events=f"{HEADER}bob,tea,view,2024-03-01,2,s1\n{row}\n",
    )
    domain = shop.clean()
    assert dropped(domain, "events") == [(3, reason)]
    assert pl.read_parquet(domain.events).select("user_id", "weight", "session_id").rows() == [("bob", 2.0, "s1")]


def test_event_types_are_mapped_and_their_case_does_not_matter(shop: Shop) -> None:
    rows = "ann,tea,Buy,2024-03-01,,\nann,tea,VIEW,2024-03-02,,\nann,tea,3,2024-03-03,,\n"
    shop.write(events=HEADER + rows, toml='[events.types]\nBuy = "purchase"\n"3" = "favorite"\n')
    assert pl.read_parquet(shop.clean().events)["event_type"].to_list() == ["purchase", "view", "favorite"]


def test_of_exact_duplicates_the_first_is_kept_and_near_ones_stay(shop: Shop) -> None:
    row = "ann,tea,view,2024-03-01T10:00:00Z,,\n"
    shop.write(events=HEADER + row + "bob,tea,view,2024-03-01,,\n" + row + row.replace(",,", ",2,"))
    domain = shop.clean()
    assert dropped(domain, "events") == [(4, "duplicate_event")]
    assert pl.read_parquet(domain.events).height == 3


def hourly(user: str, count: int, *, kind: str = "view", session: str = "") -> str:
    return "".join(f"{user},tea,{kind},{(START + timedelta(seconds=n)).isoformat()},,{session}\n" for n in range(count))


def test_a_user_far_faster_than_people_and_than_the_others_is_dropped(shop: Shop) -> None:
    people = "".join(hourly(f"user{n}", 3 + n % 4) for n in range(30))
    shop.write(events=HEADER + people + hourly("robot", 400))
    domain = shop.clean()
    assert {reason for _, reason in dropped(domain, "events")} == {"bot_like_user"}
    assert len(dropped(domain, "events")) == 400
    assert "robot" not in pl.read_parquet(domain.events)["user_id"]
    assert pl.read_parquet(domain.quarantine)["fault"][0] == "400 actions in one hour, 400 in one day"


def test_a_busy_user_in_a_shop_of_busy_users_is_kept(shop: Shop) -> None:
    shop.write(events=HEADER + "".join(hourly(f"user{n}", 250 + n) for n in range(9)) + hourly("busy", 400))
    assert dropped(shop.clean(), "events") == []


def test_one_large_basket_is_one_action(shop: Shop) -> None:
    items = "item_id,title\n" + "".join(f"i{n},Item {n}\n" for n in range(400))
    people = "".join(f"user{n},i0,view,2024-03-01,,\n" for n in range(30))
    basket = "".join(f"buyer,i{n},purchase,2024-03-01T10:00:00Z,,b1\n" for n in range(400))
    shop.write(catalogue=items, events=HEADER + people + basket)
    assert dropped(shop.clean(), "events") == []


def test_a_log_sorted_in_parts_comes_out_as_one_sorted_at_once(shop: Shop) -> None:
    rows = [f"u{n * 7919 % 23},{('tea', 'cup', 'pot')[n % 3]},view,{1_709_294_400 + n % 5},,\n" for n in range(300)]
    shop.write(events=HEADER + "".join(rows))
    whole = pl.read_parquet(shop.clean("whole").events)
    shop.write_toml("[cleaning]\nrows_in_memory = 40\n")
    domain = shop.clean("parts")
    assert pl.read_parquet(domain.events).equals(whole)
    assert whole.height + len(dropped(domain, "events")) == 300
    assert whole["user_id"].is_sorted()


def test_json_lines_give_the_same_events_as_csv(shop: Shop) -> None:
    expected = pl.read_parquet(shop.clean("csv").events)
    rows = [line.split(",") for line in EVENTS.splitlines()[1:]]
    lines = [
        f'{{"user_id": "{u}", "item_id": "{i}", "event_type": "{t}", "timestamp": "{at}"}}\n' for u, i, t, at in rows
    ]
    (shop.folder / "events.jsonl").write_text("".join(lines))
    shop.write_toml(events_table='path = "events.jsonl"')
    assert pl.read_parquet(shop.clean("json").events).equals(expected)


def test_where_times_carry_order_only_numbers_will_do_and_nobody_is_too_fast(shop: Shop) -> None:
    people = "".join(f"u{user},cup,view,{user},,\n" for user in range(20))
    robot = "".join(f"robot,tea,view,{place},,\n" for place in range(1, 401))
    shop.write(events=HEADER + people + robot, events_table='times = "order"')
    domain = shop.clean()
    assert dropped(domain, "events") == []
    assert domain.times == "order"
    times = pl.read_parquet(domain.events).filter(pl.col("user_id") == "robot")["timestamp"]
    assert times.is_sorted()
    assert times.n_unique() == 400
