"""Amazon Games 2018: reviews of video games by 50,546 users, from the folder the user has.

A row of the log is a user's whole sequence, in order and without times: the contract's times are places in it, and
the domain says that they carry order only. The files hold one kind of event and no stars; who reviews a thing has
bought it, so each is a purchase, and each is a basket of its own.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from firstlight_indexer.adapters.atomic_file import read_atomic
from firstlight_indexer.errors import AdapterError

ITEMS, SEQUENCES = "Games-6k.item", "Games-6k.test.inter"


@dataclass(frozen=True)
class ShopSample:
    """How a small shop is cut out of a large one.

    Attributes:
        users: How many users are drawn.
        seed: Of the draw.
        events_an_item: Items with fewer events of these users are left out.
        events_a_user: So are users with fewer events on the items left, and then their events.
    """

    users: int
    seed: int
    events_an_item: int
    events_a_user: int

    def of(self, events: pl.DataFrame) -> pl.DataFrame:
        """Return the events, in order, that the small shop has seen."""
        users = events["user_id"].unique(maintain_order=True).to_numpy()
        drawn = np.random.default_rng(self.seed).choice(users, min(self.users, len(users)), replace=False)
        kept = events.filter(pl.col("user_id").is_in(drawn.tolist()))
        kept = kept.filter(pl.len().over("item_id") >= self.events_an_item)
        return kept.filter(pl.len().over("user_id") >= self.events_a_user)


SMALL_SHOP = ShopSample(users=3_460, seed=20_261_122, events_an_item=3, events_a_user=2)
"""About 3,333 users, so that the 60 % who train are 2,000, and about 3,300 items."""

TOML = """\
# Written by the {name} adapter of Firstlight.
[domain]
name = "{name}"
notice = "Amazon review data (2018), video games, by Jianmo Ni, Jiacheng Li and Julian McAuley; for research."

[catalogue]
path = "catalogue.parquet"

[events]
path = "events.parquet"
# A user's events are numbered: there are no times.
times = "order"

[evaluation]
{evaluation}"""


@dataclass(frozen=True)
class AmazonGames:
    """Writes the data set, or a small shop cut out of it.

    Attributes:
        sample: How to cut; None for the whole.
    """

    sample: ShopSample | None = None

    @property
    def about(self) -> str:
        """See `Adapter.about`."""
        size = "a small shop cut out of the reviews" if self.sample else "reviews"
        return f"{size.capitalize()} of video games by their order (Amazon 2018; give the folder of {ITEMS})"

    def write(self, folder: Path, *, source: Path | None) -> None:
        """Write the domain; see `Adapter.write`. `source` is the folder with the two files."""
        if source is None:
            raise AdapterError(f"amazon-games needs the path of the folder that holds {ITEMS} and {SEQUENCES}")
        items = read_atomic(source / ITEMS, ("item_id", "title"))
        events = _events(read_atomic(source / SEQUENCES, ("user_id", "item_id_list", "item_id")))
        if self.sample is not None:
            events = self.sample.of(events)
            items = items.join(events, on="item_id", how="semi", maintain_order="left")
        items.write_parquet(folder / "catalogue.parquet")
        events.write_parquet(folder / "events.parquet")
        (folder / "firstlight.toml").write_text(self._toml(), encoding="utf-8")

    def _toml(self) -> str:
        if self.sample is None:
            return TOML.format(name="amazon-games", evaluation="max_test_users = 4000\n")
        return TOML.format(name="amazon-games-small", evaluation="")


def _events(sequences: pl.DataFrame) -> pl.DataFrame:
    """Return one purchase a place in a user's sequence, whose time is that place, from 1."""
    whole = pl.concat_list(pl.col("item_id_list").str.split(" "), pl.col("item_id"))
    return (
        sequences.select("user_id", whole.alias("item_id"))
        .with_columns(pl.int_ranges(1, pl.col("item_id").list.len() + 1).alias("timestamp"))
        .explode("item_id", "timestamp")
        .select("user_id", "item_id", pl.lit("purchase").alias("event_type"), "timestamp")
    )
