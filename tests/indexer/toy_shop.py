"""A shop with structure as CSV files: three kinds of customers, each buying from their own third of the catalogue."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

KINDS = {"Tea": "Leafs", "Tool": "Forge", "Toy": "Bricks"}
"""Kind of item -> its brand."""
ITEMS, USERS, BASKETS, BASKET_SIZE = 60, 240, 5, 3
ADJECTIVES = ("red", "green", "white", "small", "large", "old", "new", "soft", "hard", "light", "dark", "fine", "round",
              "flat", "long", "short", "warm", "cold", "dry", "plain")  # fmt: skip

TRAIN = "dimension = 15\nsteps = 40\nbatch = 64\nranker_parts = 0\n"


def kind_of(item: int) -> str:
    """Items take turns."""
    return list(KINDS)[item % len(KINDS)]


def titles() -> list[str]:
    """One of its own for every item."""
    return [f"{ADJECTIVES[item // len(KINDS)]} {kind_of(item).lower()}" for item in range(ITEMS)]


def write_toy_shop(
    folder: Path, *, title_of: dict[int, str] | None = None, train: str = TRAIN, rest: str = "", users: int = USERS
) -> Path:
    """Writes catalogue.csv, events.csv and firstlight.toml; `title_of` replaces titles by item number."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_catalogue(folder / "catalogue.csv", title_of or {})
    _write_events(folder / "events.csv", users=users)
    tables = '[domain]\nname = "toy-shop"\n[catalogue]\npath = "catalogue.csv"\n[events]\npath = "events.csv"\n'
    (folder / "firstlight.toml").write_text(f"{tables}[train]\n{train}\n{rest}", encoding="utf-8")
    return folder


def _write_catalogue(path: Path, title_of: dict[int, str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("item_id", "title", "category", "brand", "price"))
        for item, title in enumerate(titles()):
            kind = kind_of(item)
            rows.writerow((f"i{item:02d}", title_of.get(item, title), f"Shop > {kind}", KINDS[kind], f"{1 + item}.50"))


def _write_events(path: Path, *, users: int) -> None:
    """Every user's baskets, a day apart, the items of a basket a minute apart."""
    random, begin = np.random.default_rng(7), datetime(2024, 1, 1, 9, tzinfo=UTC)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("user_id", "item_id", "event_type", "timestamp", "session_id"))
        for user in range(users):
            first = begin + timedelta(days=int(random.integers(0, 100)))
            for basket in range(BASKETS):
                places = random.choice(ITEMS // len(KINDS), BASKET_SIZE, replace=False).tolist()
                for minute, place in enumerate(places):
                    time = first + timedelta(days=basket, minutes=minute)
                    item = place * len(KINDS) + user % len(KINDS)
                    rows.writerow(
                        (f"u{user:03d}", f"i{item:02d}", "purchase", time.isoformat(), f"s{user:03d}-{basket}")
                    )
