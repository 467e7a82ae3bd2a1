"""Tags of a catalogue on disk: tags.parquet, and tags.json, what they came from. Knows nothing of how they came."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.replace_folder import replaced_folder
from firstlight_indexer.tagging.tagged_items import TaggedItems

TAGS, FACTS = "tags.parquet", "tags.json"


def write_tags(folder: Path, found: TaggedItems, catalogue: Catalogue, *, domain: str) -> None:
    """Writes both files, replacing those that are there; after an error they are as they were."""
    pairs = catalogue.frame.select("item_id")[found.rows].with_columns(
        tag=pl.Series([found.names[tag] for tag in found.tags.tolist()], dtype=pl.String()),
        confidence=pl.Series(found.confidence, dtype=pl.Float64()),
    )
    counts = np.bincount(found.tags, minlength=len(found.names)).tolist()
    facts = {
        "domain": domain,
        "items": len(catalogue),
        "least_confidence": found.least,
        "tags": [{"name": name, "items": count} for name, count in zip(found.names, counts, strict=True)],
    }
    with replaced_folder(folder) as written:
        pairs.write_parquet(written / TAGS)
        (written / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
