"""A small shop on disk, whose files each test writes as it needs them, and what came of cleaning it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning import clean
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import load_domain
from firstlight_store.catalogue_changes import CatalogueChange

CATALOGUE = "item_id,title,price\ntea,Green tea,3.50\ncup,White cup,8\npot,Iron pot,40\n"
EVENTS = (
    "user_id,item_id,event_type,timestamp\n"
    "ann,tea,view,2024-03-01T10:00:00Z\nann,cup,purchase,2024-03-01T10:05:00Z\nbob,pot,view,2024-03-02T09:00:00Z\n"
)


@dataclass(frozen=True)
class Shop:
    """A domain folder with a catalogue and a log that tests replace and extend."""

    folder: Path

    def write(
        self,
        *,
        catalogue: str | bytes = CATALOGUE,
        events: str | bytes = EVENTS,
        toml: str = "",
        catalogue_table: str = "",
        events_table: str = "",
    ) -> None:
        """Write catalogue.csv, events.csv and firstlight.toml."""
        for name, content in (("catalogue.csv", catalogue), ("events.csv", events)):
            data = content if isinstance(content, bytes) else content.encode()
            (self.folder / name).write_bytes(data)
        self.write_toml(toml, catalogue_table=catalogue_table, events_table=events_table)

    def write_toml(self, toml: str = "", *, catalogue_table: str = "", events_table: str = "") -> None:
        """Write firstlight.toml: `toml` at its end, the others into their tables, with a `path` where they lack it."""
        tables = {"catalogue": catalogue_table, "events": events_table}
        lines = ['[domain]\nname = "shop"']
        for name, content in tables.items():
            path = "" if "path =" in content else f'path = "{name}.csv"\n'
            lines.append(f"[{name}]\n{path}{content}")
        (self.folder / "firstlight.toml").write_text("\n".join([*lines, toml]), encoding="utf-8")

    def clean(self, out: str = "clean", changes: Sequence[CatalogueChange] = ()) -> CleanDomain:
        """Clean the shop."""
        return clean(load_domain(self.folder), self.folder / out, changes=changes)


def dropped(domain: CleanDomain, table: str) -> list[tuple[int, str]]:
    """Return (row, reason) of the table's quarantined rows, in order of row."""
    rows = pl.read_parquet(domain.quarantine).filter(pl.col("table") == table).sort("row")
    return list(rows.select("row", "reason").iter_rows())
