"""A small clustered shop as files that a shop would hand over."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.encoder.tiny_checkpoint import MARKS, write_tiny_checkpoint

KINDS = ("Oat cereal", "Garden hose", "Wool scarf", "Guitar string", "Tent peg", "Pasta sauce")
ITEMS_OF_A_KIND = 8
TRAINING = "steps = 20\nbatch = 32\ncandidates = 40\ndimension = 16\n"


def write_tiny_shop(folder: Path, *, users: int = 90, baskets: int = 16, encoder: Path | None = None) -> Path:
    """Writes catalogue, events, firstlight.toml and, where none is given, a tiny encoder; returns the third."""
    words = dict.fromkeys(" ".join(KINDS).lower().split())
    encoder = encoder or write_tiny_checkpoint(folder / "encoder", words=(*MARKS, *words))
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    items = [(f"i{kind}-{number}", f"{KINDS[kind]} no. {number}", f"Shop > {KINDS[kind]}s")
             for kind in range(len(KINDS)) for number in range(ITEMS_OF_A_KIND)]  # fmt: skip
    events = [
        (f"u{user}", f"i{user % len(KINDS)}-{random.integers(ITEMS_OF_A_KIND)}", "purchase", _day(basket, user))
        for user in range(users)
        for basket in range(baskets)
    ]
    _write(folder / "catalogue.csv", ("item_id", "title", "category"), items)
    _write(folder / "events.csv", ("user_id", "item_id", "event_type", "timestamp"), events)
    toml = folder / "firstlight.toml"
    toml.write_text(
        '[domain]\nname = "tiny-shop"\nnotice = "Made up."\n[catalogue]\npath = "catalogue.csv"\n'
        f'[events]\npath = "events.csv"\n[encoder]\npath = "{encoder}"\n[train]\n{TRAINING}'
    )
    return toml


def _day(basket: int, user: int) -> str:
    return f"2024-{1 + basket // 28:02}-{1 + basket % 28:02}T{user % 24:02}:{user % 60:02}:00Z"


def _write(path: Path, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
