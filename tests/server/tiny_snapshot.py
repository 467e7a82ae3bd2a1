"""Publishes real, tiny snapshots with the product's own store, space and text encoder, for the server's tests."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_encoder import Space
from firstlight_encoder.item_text import category_text, item_text
from firstlight_encoder.profile.profile_model_file import PROFILE, write_profile_model
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.second_stage.second_stage_file import write_second_stage
from firstlight_store import (
    IndexSettings,
    ItemColumns,
    SnapshotFacts,
    SnapshotStore,
    build_index,
    write_item_columns,
    write_vectors,
)
from tests.server.profile_model import fitted
from tests.server.tiny_encoder import FINGERPRINT, write_tiny_encoder
from tests.server.tiny_second_stage import tiny_second_stage
from tests.server.tiny_space import tiny_space

CATEGORIES = (
    ("Grocery", "Breakfast", "Cold cereal"),
    ("Grocery", "Breakfast", "Jam"),
    ("Grocery", "Drinks", "Tea"),
    ("Home", "Candles"),
)
BRANDS = ("Acme", "Borealis", "Calm & Co")
ADJECTIVES = ("Plain", "Honey", "Dark", "Winter", "Golden", "Little", "Royal", "Wild", "Old", "Soft")


@dataclass(frozen=True)
class TinySnapshot:
    """How to build one.

    Attributes:
        seed: of the space and the prior; another seed, another snapshot.
        items: how many items.
        available: the share of them, from the first on, that is available.
        text_encoder: whether the snapshot carries one.
        space: whether it carries its space, without which no server can use it.
        index: how its index is built.
        ranker: how its second stage ranks; None for a snapshot without one.
        prefix: what its items' ids begin with.
        new: how many of the last items nobody ever took.
        profiles: whether it was built with interest profiles, as older snapshots were not.
        not_a_number: whether one stored vector holds NaN, with everything else, checksums too, in order.
    """

    seed: int = 0
    items: int = 60
    available: float = 0.9
    text_encoder: bool = True
    space: bool = True
    index: IndexSettings = field(default_factory=IndexSettings)
    ranker: Method | None = None
    prefix: str = "i"
    new: int = 0
    not_a_number: bool = False
    profiles: bool = False

    def publish(self, data_dir: Path, tenant: str = "default", *, activate: bool = True) -> str:
        """Writes the snapshot under `data_dir/tenant` and returns its id."""
        store = SnapshotStore(data_dir, tenant)
        with store.write() as writer:
            facts = self._fill(writer.path)
            with writer.commit(facts) as snapshot:
                snapshot_id = snapshot.id
        if activate:
            store.activate(snapshot_id)
        return snapshot_id

    def catalogue(self) -> pl.DataFrame:
        """The items in row order, their log prior included."""
        rng = np.random.default_rng(1_000 + self.seed)
        prior = rng.dirichlet(np.ones(self.items)) + 1e-6
        prior[self.items - self.new :] = 1e-7
        numbers = range(self.items)
        kinds = [CATEGORIES[number % len(CATEGORIES)] for number in numbers]
        titles = [f"{ADJECTIVES[number % len(ADJECTIVES)]} {kinds[number][-1]} {number}" for number in numbers]
        return pl.DataFrame(
            {
                "item_id": [f"{self.prefix}{number:04d}" for number in numbers],
                "title": titles,
                "description": [None] * self.items,
                "category": [list(kind) for kind in kinds],
                "brand": [None if number % 7 == 0 else BRANDS[number % len(BRANDS)] for number in numbers],
                "price": [None if number % 11 == 0 else 1.0 + number for number in numbers],
                "attributes": [[{"key": "size", "value": "small" if number % 2 else "large"}] for number in numbers],
                "available": [number < self.items * self.available for number in numbers],
                "created_at": [datetime(2024, 1, 1, tzinfo=UTC)] * self.items,
                "log_prior": np.log(prior).astype(np.float32),
            },
            schema_overrides={
                "description": pl.Utf8,
                "log_prior": pl.Float32,
                "created_at": pl.Datetime("us", "UTC"),
                "attributes": pl.List(pl.Struct({"key": pl.Utf8, "value": pl.Utf8})),
            },
        )

    def _fill(self, directory: Path) -> SnapshotFacts:
        items = self.catalogue()
        texts = [
            item_text(title, category=category, brand=brand)
            for title, category, brand in items.select("title", "category", "brand").iter_rows()
        ]
        names = sorted({name for path in CATEGORIES for name in (*path, " > ".join(path))})
        prompts = [category_text(name) for name in names]
        encoder = write_tiny_encoder(directory / "text", texts + prompts)
        space = tiny_space(self.seed)
        space.save(directory / "space")
        vectors = space.project(encoder.encode(texts))
        rows = np.concatenate([vectors, items["log_prior"].to_numpy()[:, None]], axis=1).astype(np.float32)
        labels = space.project(encoder.encode(prompts))
        _write_tables(directory, items, names)
        _write(directory / "vectors.safetensors", rows, "items", space)
        _write(directory / "labels.safetensors", labels, "labels", space)
        if self.ranker is not None:
            ranked = tiny_second_stage(items, rows, space=space, encoder=encoder, method=self.ranker)
            write_second_stage(directory / "second_stage", ranked.stage)
        if self.profiles:
            write_profile_model(directory / PROFILE, fitted(items, vectors))
        built = build_index(rows, rows[:20], settings=self.index)
        built.index.write(directory / "index.faiss")
        if self.not_a_number:
            _poison(directory / "vectors.safetensors")
        for part, wanted in (("text", self.text_encoder), ("space", self.space)):
            if not wanted:
                shutil.rmtree(directory / part)
        return SnapshotFacts(
            domain="tiny",
            encoder_fingerprint=FINGERPRINT,
            space_fingerprint=space.fingerprint,
            dimension=rows.shape[1],
            item_count=len(rows),
            label_count=len(labels),
            index=built.report.facts(),
            inputs_fingerprint=f"tiny-{self.seed}",
        )


TWO_STAGES = TinySnapshot(items=400, available=1.0, ranker=Method.TREES)
"""One with far more items than a shortlist holds."""


def _poison(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-4] + np.float32(np.nan).tobytes())


def _write_tables(directory: Path, items: pl.DataFrame, names: Sequence[str]) -> None:
    items.write_parquet(directory / "items.parquet")
    write_item_columns(ItemColumns.of(items), directory / "items")
    labels = pl.DataFrame({"kind": "category", "name": names, "row": range(len(names))})
    labels.write_parquet(directory / "labels.parquet")


def _write(path: Path, rows: NDArray[np.float32], name: str, space: Space) -> None:
    write_vectors(path, rows, name=name, encoder_fingerprint=FINGERPRINT, space_fingerprint=space.fingerprint)
