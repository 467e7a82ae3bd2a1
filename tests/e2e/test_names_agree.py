"""A name means the same items where the tower is trained and where a server looks it up."""

from typing import get_args

import numpy as np
import polars as pl
import pytest

from firstlight_encoder.label_shares import LabelShares
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.contract import CategoryMeaning
from firstlight_server.named_items import ItemsByName
from firstlight_server.query import InterestKind
from firstlight_store import ItemTable

ITEMS: list[tuple[list[str], str | None]] = [
    (["Food", "Tea"], "Acme"),
    (["food", "Gifts"], "ACME"),
    (["Home", "Gifts", "Gifts"], None),
    (["Home"], "Acme  Tools"),
    ([], "acme tools"),
    (["Food"], "Food"),
]


def frame() -> pl.DataFrame:
    count = len(ITEMS)
    prior = np.linspace(1, 2, count)
    columns: dict[str, object] = {
        "item_id": [f"i{item}" for item in range(count)],
        "title": [f"thing {item}" for item in range(count)],
        "category": [path for path, _ in ITEMS],
        "brand": [brand for _, brand in ITEMS],
        "price": [1.0] * count,
        "available": [item != 1 for item in range(count)],
        "attributes": [[] for _ in range(count)],
        "log_prior": np.log(prior / prior.sum()),
    }
    attribute = pl.List(pl.Struct({"key": pl.String(), "value": pl.String()}))
    return pl.DataFrame(columns, schema_overrides={"attributes": attribute, "log_prior": pl.Float32})


@pytest.mark.parametrize("meaning", get_args(CategoryMeaning))
def test_every_trained_name_is_looked_up_to_the_items_that_carried_it_and_is_as_probable(
    meaning: CategoryMeaning,
) -> None:
    catalogue, items = Catalogue(frame(), meaning), ItemTable.of(frame())
    shares, by_name = LabelShares(catalogue.names, items.log_priors[None, :]), ItemsByName(items)
    assert len(catalogue.declarable) == len(catalogue.names.names) > 5
    for name in catalogue.declarable:
        found = by_name.find(InterestKind(name.kind), name.name)
        assert found.rows.tolist() == shares.items[name.label].tolist(), name
        assert found.share == pytest.approx(float(shares.shares[0, name.label]), rel=1e-6)
