"""A small shop built into a snapshot by the real pipeline, and a real server process over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from examples.server_process import firstlight_server, serving
from firstlight import Client
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.pipeline import Build, build
from firstlight_store import SnapshotStore
from tests.shared_export import shared_exports

KINDS = {"Tea": "loose leaf tea", "Shoes": "running shoes", "Garden": "garden tools"}
WORDS = ("red", "green", "blue", "small", "large", "light", "heavy", "old", "new", "plain", "fine", "warm")
USERS, BASKETS, BASKET = 240, 5, 3
SETTINGS = """[train]
steps = 40
batch = 64
dimension = 31
ranker_parts = 0
[tags]
names = ["footwear", "something to drink"]
least = 0.02
"""


@dataclass(frozen=True)
class Shop:
    """A domain on disk and where its snapshots go."""

    folder: Path

    @property
    def data_dir(self) -> Path:
        return self.folder / "snapshots"

    def write(self, *, prefix: str = "", rest: str = "") -> None:
        """Writes catalogue, events and firstlight.toml, which ends with ``rest``; ``prefix`` begins every title."""
        items = [(f"{kind}-{word}", f"{prefix}{word} {title}", kind) for kind, title in KINDS.items() for word in WORDS]
        catalogue = pl.DataFrame(items, schema=["item_id", "title", "category"], orient="row")
        catalogue.with_columns(price=pl.int_range(1, pl.len() + 1)).write_csv(self.folder / "catalogue.csv")
        random = np.random.default_rng(3)
        kinds = list(KINDS)
        events = [
            (f"u{user}", f"{kinds[user % 3]}-{word}", "purchase", 1_700_000_000 + 86_400 * (user % 50 + basket))
            for user in range(USERS)
            for basket in range(BASKETS)
            for word in random.choice(WORDS, BASKET, replace=False)
        ]
        names = ["user_id", "item_id", "event_type", "timestamp"]
        pl.DataFrame(events, schema=names, orient="row").write_csv(self.folder / "events.csv")
        tables = '[catalogue]\npath = "catalogue.csv"\n[events]\npath = "events.csv"\n'
        (self.folder / "firstlight.toml").write_text(f'[domain]\nname = "shop"\n{tables}{SETTINGS}{rest}')

    def build(self) -> Build:
        """Builds and activates its snapshot."""
        store = SnapshotStore(self.data_dir, "default")
        return build(load_domain(self.folder), workdir=self.folder / "work", store=store)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = Shop(tmp_path_factory.mktemp("shop"))
    made.write()
    (made.folder / "work").mkdir()
    (made.folder / "work" / "exported").symlink_to(shared_exports(tmp_path_factory))
    made.build()
    return made


@pytest.fixture(scope="module")
def client(shop: Shop) -> Iterator[Client]:
    with (
        serving(firstlight_server(shop.data_dir), log=shop.folder / "server.log") as address,
        Client(address) as opened,
    ):
        yield opened
