"""The cleaned event log in arrays over catalogue rows. Knows nothing of models."""

import numpy as np
import polars as pl

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.tokens import EVENT_TOKEN_TYPES
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.contract import CleanDomain

_TYPES = {name: int(kind) for name, kind in EVENT_TOKEN_TYPES.items()}


def read_interactions(domain: CleanDomain, catalogue: Catalogue) -> Interactions:
    """Reads the events of ``domain`` as rows of ``catalogue``, sorted by user, basket and time.

    A basket begins when its first event does; two baskets of one user that overlap stay apart. Where the shop's times
    carry order only, all events are in order and happen at hour 0, so that no gap, age or season can be read from them.
    """
    rows = catalogue.frame.select("item_id", row=pl.int_range(pl.len(), dtype=pl.Int64)).lazy()
    begun = pl.col("time_h").min().over("user_id", "session_id")
    events = (
        pl.scan_parquet(domain.events)
        .with_row_index("place")
        .join(rows, on="item_id", how="inner")
        .with_columns(time_h=pl.col("timestamp").dt.epoch("us") / 3.6e9)
        .with_columns(begun=begun)
        .sort("user_id", "begun", "session_id", "time_h", "place")
        .with_columns(
            user=pl.col("user_id").rle_id().cast(pl.Int64),
            basket=pl.struct("user_id", "session_id").rle_id().cast(pl.Int64),
            type=pl.col("event_type").replace_strict(_TYPES, return_dtype=pl.Int64),
        )
        .select("user_id", "user", "row", "type", "time_h", "weight", "basket")
        .collect()
    )
    return Interactions(
        item_count=len(catalogue),
        user_ids=tuple(events["user_id"].unique(maintain_order=True)),
        users=events["user"].to_numpy(),
        items=events["row"].to_numpy(),
        types=events["type"].to_numpy(),
        times_h=events["time_h"].to_numpy() * (domain.times == "clock"),
        weights=events["weight"].to_numpy().astype(np.float32),
        baskets=events["basket"].to_numpy(),
    )
