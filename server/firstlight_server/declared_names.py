"""The categories and brands that a snapshot knows by name, so that declaring one needs no text encoder.

Knows nothing of requests or of how the vectors were made.
"""

from collections.abc import Iterable

from firstlight_encoder.item_text import brand_text, category_text
from firstlight_server.query import InterestKind

_PATH_SEPARATOR = ">"


class DeclaredNames:
    """Rows of ``labels.safetensors`` by kind and name; neither case nor spacing matters."""

    def __init__(self, labels: Iterable[tuple[str, str, int]]) -> None:
        """Takes ``(kind, name, row)`` triples; of names that differ in case only, the first counts."""
        self._rows: dict[tuple[str, str], int] = {}
        for kind, name, row in labels:
            self._rows.setdefault((kind, plain_name(name)), row)

    def row(self, kind: InterestKind, words: str) -> int | None:
        """The label's row, or None if the snapshot does not know the name."""
        return self._rows.get((kind.value, plain_name(words)))


def plain_name(words: str) -> str:
    """A name or path without what does not matter: case, and spacing also around ``>``."""
    return f" {_PATH_SEPARATOR} ".join(" ".join(level.split()) for level in words.casefold().split(_PATH_SEPARATOR))


def prompt_of(kind: InterestKind, words: str) -> str:
    """The text that stands for a declaration the snapshot does not know by name."""
    plain = words.strip()
    if kind is InterestKind.CATEGORY:
        return category_text(plain)
    return brand_text(plain) if kind is InterestKind.BRAND else plain
