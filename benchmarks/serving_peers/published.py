"""One snapshot's first stage as the peers read it: plain files in a folder, which ``exchange`` wrote.

Knows nothing of servers or of how rows are searched. Needs NumPy and safetensors only.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder import Space

ROWS, ITEM_IDS, QUERIES, NEAREST, FACTS, SPACE, INDEX = (
    "rows.npy",
    "item_ids.json",
    "queries.npy",
    "nearest.npy",
    "facts.json",
    "space",
    "index.faiss",
)


@dataclass(frozen=True)
class Published:
    """The folder, read.

    Attributes:
        directory: where it is; peers keep what they build in a folder of their own inside.
        space: makes users' queries.
        rows: ``(n, d + 1)`` float32, the items; a score is an inner product with one.
        item_ids: what the rows stand for.
        queries: ``(q, d + 1)`` float32, users of five events, to choose a search's effort with.
        nearest: ``(q, 10)`` int64, the rows that exact search finds for them.
        nprobe: lists of ``index.faiss`` that Firstlight probes for ten items.
        overfetch: candidates that it takes for each item.
    """

    directory: Path
    space: Space
    rows: NDArray[np.float32]
    item_ids: tuple[str, ...]
    queries: NDArray[np.float32]
    nearest: NDArray[np.int64]
    nprobe: int
    overfetch: int


def read_published(directory: Path) -> Published:
    """What ``exchange.write_exchange`` wrote there."""
    facts = json.loads((directory / FACTS).read_text(encoding="utf-8"))
    return Published(
        directory=directory,
        space=Space.load(directory / SPACE),
        rows=np.load(directory / ROWS),
        item_ids=tuple(json.loads((directory / ITEM_IDS).read_text(encoding="utf-8"))),
        queries=np.load(directory / QUERIES),
        nearest=np.load(directory / NEAREST),
        nprobe=facts["nprobe"],
        overfetch=facts["overfetch"],
    )
