"""The store of catalogue changes: the latest of an item, in order, durable, and each tenant's apart."""

from pathlib import Path

import pytest

from firstlight_store.catalogue_changes import CatalogueChange, CatalogueChanges, ChangedItem, DataVersion, changes_url

TEA = ChangedItem(
    item_id="tea", title="Grüner Tee", category=("Drinks", "Tea"), price=2.5, attributes=(("size", "small"),)
)


def test_what_was_stored_is_told_in_order_and_outlives_the_process(tmp_path: Path) -> None:
    changes = CatalogueChanges(changes_url(tmp_path))
    changes.record("shop", [CatalogueChange("tea", TEA, b"1234", "space", 5.0), CatalogueChange("jam", None)])
    changes.close()
    again = CatalogueChanges(changes_url(tmp_path))
    found = again.since("shop")
    assert [one._replace(sequence=0) for one in found] == [
        CatalogueChange("tea", TEA, b"1234", "space", 5.0),
        CatalogueChange("jam", None),
    ]
    assert again.latest() == found[-1].sequence
    assert again.since("shop", found[0].sequence) == found[1:]


def test_the_latest_change_of_an_item_counts_and_is_new_to_who_saw_the_one_before(tmp_path: Path) -> None:
    changes = CatalogueChanges(changes_url(tmp_path))
    changes.record("shop", [CatalogueChange("tea", TEA)])
    seen = changes.latest()
    changes.record("shop", [CatalogueChange("tea", None)])
    assert [(one.item_id, one.item) for one in changes.since("shop")] == [("tea", None)]
    assert [one.item_id for one in changes.since("shop", seen)] == ["tea"]


def test_tenants_are_apart_and_an_empty_one_fails_closed(tmp_path: Path) -> None:
    changes = CatalogueChanges(changes_url(tmp_path))
    changes.record("left", [CatalogueChange("tea", TEA)])
    changes.record("right", [CatalogueChange("tea", None)])
    assert [one.item for one in changes.since("left")] == [TEA]
    assert changes.forget("left", [one.sequence for one in changes.since("right")]) == 0
    assert changes.since("") == []
    with pytest.raises(ValueError, match="needs a tenant"):
        changes.record("", [CatalogueChange("tea", TEA)])


def test_a_file_tells_once_that_somebody_wrote_it(tmp_path: Path) -> None:
    version = DataVersion(changes_url(tmp_path))
    assert not version.exists
    assert not version.moved()
    changes = CatalogueChanges(changes_url(tmp_path))
    assert version.exists
    assert [version.moved(), version.moved()] == [True, False]
    changes.record("shop", [CatalogueChange("tea", TEA)])
    assert [version.moved(), version.moved()] == [True, False]
    assert not DataVersion("postgresql+psycopg://host/db").moved()
