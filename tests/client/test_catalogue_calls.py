"""upsert_items, delete_items and tag_items, of both clients and on the command line, over real gRPC."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from firstlight import AsyncClient, CatalogueItem, Client, InvalidRequest, NotFound, WarningCode
from firstlight._cli import main
from firstlight.testing import FakeServer

MUG = CatalogueItem("mug-1", "Red mug", category=["Household", "Kitchen"], price=4, attributes={"size": "big"})


def test_items_come_change_and_go() -> None:
    with FakeServer() as server, Client(server.target) as client:
        done = client.upsert_items([MUG, CatalogueItem("milk-1", "Skimmed milk")], request_id="mine")
        assert (done.added_count, done.replaced_count, done.request_id) == (1, 1, "mine")
        found = {item.item_id: item for item in client.recommend(page_size=100)}
        assert (found["mug-1"].title, found["milk-1"].title, found["mug-1"].price) == ("Red mug", "Skimmed milk", 4.0)
        gone = client.delete_items(["mug-1", "nobody"])
        assert gone.deleted_count == 1
        assert [(each.code, each.field) for each in gone.warnings] == [(WarningCode.UNKNOWN_ITEM, "item_ids[1]")]
        assert "mug-1" not in {item.item_id for item in client.recommend(page_size=100)}


def test_tags_of_known_and_of_sent_items() -> None:
    with FakeServer() as server, Client(server.target) as client:
        found = client.tag_items(["red mug", "whole"], item_ids=["milk-1", "nobody"], items=[MUG])
        assert [(each.item_id, [tag.name for tag in each.tags]) for each in found] == [
            ("milk-1", ["whole"]),
            ("mug-1", ["red mug"]),
        ]
        assert len(found) == 2
        assert found.snapshot_id
        assert [each.field for each in found.warnings] == ["item_ids[1]"]
        everything = client.tag_items(["whole"], items=[MUG], min_confidence=0)
        assert [tag.confidence for tag in everything.items[0].tags] == [0.0]


def test_the_asynchronous_client_does_the_same() -> None:
    async def asked(target: str) -> tuple[int, int, int]:
        async with AsyncClient(target) as client:
            added = await client.upsert_items([MUG])
            tagged = await client.tag_items(["mug"], item_ids=["mug-1"])
            deleted = await client.delete_items(["mug-1"])
            return added.added_count, len(tagged.items[0].tags), deleted.deleted_count

    with FakeServer() as server:
        assert asyncio.run(asked(server.target)) == (1, 1, 1)


def test_refusals_are_those_of_every_call() -> None:
    with FakeServer() as server, Client(server.target) as client:
        with pytest.raises(InvalidRequest) as caught:
            client.upsert_items([])
        assert [each.field for each in caught.value.violations] == ["items"]
        with pytest.raises(NotFound):
            client.delete_items(["milk-1"], tenant="nobody")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"item_id": 1, "title": "x"}, "CatalogueItem.item_id"),
        ({"item_id": "a", "title": "x", "category": "Tea"}, "CatalogueItem.category"),
        ({"item_id": "a", "title": "x", "price": "3"}, "CatalogueItem.price"),
        ({"item_id": "a", "title": "x", "attributes": {"size": 1}}, "CatalogueItem.attributes['size']"),
        ({"item_id": "a", "title": "x", "available": 1}, "CatalogueItem.available"),
    ],
)
def test_a_wrong_value_is_told_by_name(wrong: dict[str, object], name: str) -> None:
    with pytest.raises(TypeError, match=name.replace("[", r"\[").replace("]", r"\]")):
        CatalogueItem(**wrong)  # type: ignore[arg-type]


def test_the_command_line_reads_items_and_prints_what_became_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = json.dumps({"item_id": "mug-1", "title": "Red mug", "category": ["Kitchen"], "price": 3.5})
    (tmp_path / "items.jsonl").write_text(f"{line}\n\n")
    with FakeServer() as server:
        there = ["--target", server.target]
        assert main(["upsert", str(tmp_path / "items.jsonl"), *there], environ={}) == 0
        monkeypatch.setattr("sys.stdin", io.StringIO(line))
        assert main(["upsert", "-", "--json", *there], environ={}) == 0
        assert main(["tag", "red mug", "--item", "mug-1", *there], environ={}) == 0
        assert main(["delete-items", "mug-1", "nobody", *there], environ={}) == 0
    told = capsys.readouterr()
    for words in ("1 items added, 0 replaced", '"replaced_count": 1', "red mug", "1.00", "1 items removed"):
        assert words in told.out
    assert "nobody" in told.err


def test_a_line_that_is_no_item_ends_the_command_before_anything_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "items.jsonl").write_text('{"item_id": "a", "title": "x"}\n{"item_id": "b", "name": "x"}\n')
    with FakeServer() as server:
        assert main(["upsert", str(tmp_path / "items.jsonl"), "--target", server.target], environ={}) == 2
        assert server.received == []
    assert "line 2" in capsys.readouterr().err
