"""From a shop's files to an answer: the real indexer, a real server process, the real SDK."""

import json
import subprocess
import sys
import time

import pytest

from firstlight import Client, Declaration, Event, Filter, InvalidRequest, Recommendation, Source
from tests.e2e.conftest import Shop

DEADLINE_S, PAUSE_S = 30.0, 0.02


def kinds(answer: Recommendation) -> list[str]:
    return [item.item_id.split("-")[0] for item in answer]


def test_a_first_event_brings_more_of_its_kind(client: Client) -> None:
    answer = client.recommend(events=[Event.purchase("Shoes-red")], page_size=5)
    assert kinds(answer).count("Shoes") >= 4
    assert "Shoes-red" not in answer.item_ids
    assert {item.source for item in answer} == {Source.MODEL}


@pytest.mark.parametrize("category", ["Tea", "Garden", "Shoes"])
def test_a_declared_category_brings_its_items(client: Client, category: str) -> None:
    assert kinds(client.recommend(categories=[category], page_size=5)).count(category) >= 4


def test_free_text_finds_by_meaning_what_no_title_says(client: Client) -> None:
    assert "Garden" in kinds(client.recommend(text="spade and rake for the lawn", page_size=3))


def test_an_unwanted_category_is_pushed_away(client: Client) -> None:
    wanted = client.recommend(declarations=[Declaration.category("Tea")], page_size=5)
    unwanted = client.recommend(declarations=[Declaration.category("Tea", weight=-1.0)], page_size=5)
    assert kinds(unwanted).count("Tea") < kinds(wanted).count("Tea")


def test_nothing_known_brings_what_most_newcomers_choose(client: Client) -> None:
    answer = client.recommend(page_size=10)
    assert {item.source for item in answer} == {Source.PRIOR}
    assert [item.score for item in answer] == sorted((item.score for item in answer), reverse=True)


def test_a_filter_keeps_to_its_items_and_fills_the_page(client: Client) -> None:
    answer = client.recommend(events=[Event.purchase("Shoes-red")], filter=Filter(categories=["Tea"]), page_size=12)
    assert kinds(answer) == ["Tea"] * 12


def test_a_tag_that_no_catalogue_says_can_be_filtered_by(client: Client) -> None:
    footwear = Filter(attributes={"tag": ["footwear"]})
    answer = client.recommend(events=[Event.purchase("Tea-red")], filter=footwear, page_size=12)
    assert kinds(answer) == ["Shoes"] * 12


def test_an_item_from_another_shop_is_read_by_its_title(client: Client) -> None:
    answer = client.recommend(events=[Event("elsewhere", text="trail running shoes")], page_size=5)
    assert kinds(answer).count("Shoes") >= 3


def test_a_malformed_value_is_refused_with_its_field(client: Client) -> None:
    with pytest.raises(InvalidRequest, match="page_size"):
        client.recommend(page_size=-1)


def test_the_command_line_answers_with_json(client: Client) -> None:
    command = [
        sys.executable,
        "-m",
        "firstlight",
        "recommend",
        "--event",
        "purchase:Tea-red",
        "--target",
        client.config.target,
    ]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True, timeout=DEADLINE_S)
    assert len(json.loads(done.stdout)["items"]) == 10


def test_a_rebuilt_index_is_served_without_a_restart_or_a_failed_call(shop: Shop, client: Client) -> None:
    before = client.snapshot().id
    shop.write(prefix="very ")
    rebuilt = shop.build()
    assert rebuilt.changed
    assert rebuilt.manifest.snapshot_id != before
    ends = time.monotonic() + DEADLINE_S
    while client.recommend(page_size=1).snapshot_id == before:
        assert time.monotonic() < ends, "the server still answers from the old snapshot"
        time.sleep(PAUSE_S)  # or the questions take the processor from the loading
    answer = client.recommend(events=[Event.purchase("Shoes-red")], page_size=5)
    assert answer.snapshot_id == rebuilt.manifest.snapshot_id
    assert all(item.title.lower().startswith("very ") for item in answer)
    assert client.activate_snapshot(before).snapshot.id == before
    assert client.recommend(page_size=1).snapshot_id == before
