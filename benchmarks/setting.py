"""What the benchmarks are run on: one domain, where it was worked on, and where its snapshot is published."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from firstlight_store import SnapshotStore


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The files of one domain.

    Attributes:
        domain: Its firstlight.toml.
        workdir: Where the indexer worked on it.
        data_dir: Where its snapshots are.
        tenant: Whose snapshots.
    """

    domain: Path
    workdir: Path
    data_dir: Path
    tenant: str

    def items(self) -> pl.DataFrame:
        """Read the published snapshot's items.parquet, one row an item.

        Raises:
            firstlight_store.StoreError: There is no snapshot, or it is damaged.
        """
        with SnapshotStore(self.data_dir, self.tenant).open(None) as snapshot:
            return pl.read_parquet(snapshot.path("items.parquet"))
