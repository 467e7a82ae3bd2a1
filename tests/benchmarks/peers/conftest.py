"""A tiny real export: a clustered shop written by the evaluation's own code."""

from pathlib import Path

import polars as pl
import pytest

from benchmarks.peers.exchange import Exchange, read_exchange
from firstlight_evaluation.exchange import write_exchange
from firstlight_evaluation.material import Material
from firstlight_indexer.catalogue import Catalogue
from tests.evaluation.synthetic_domain import Shop, clustered


@pytest.fixture(scope="session")
def shop() -> Material:
    return clustered(Shop(users=60, baskets=30))


@pytest.fixture(scope="session")
def folder(shop: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    rows = range(shop.split.train.item_count)
    nothing = pl.Series([None for _ in rows], dtype=pl.String)
    frame = pl.DataFrame(
        {
            "item_id": [f"i{row:03}" for row in rows],
            "title": [f"Thing {row} of kind {row // 12}" for row in rows],
            "category": [[shop.labels.names[int(label)] for label in shop.labels.of(row)] for row in rows],
            "brand": nothing,
            "description": nothing,
        }
    )
    write_exchange(shop, Catalogue(frame), directory=folder)
    return folder


@pytest.fixture(scope="session")
def export(folder: Path) -> Exchange:
    return read_exchange(folder)
