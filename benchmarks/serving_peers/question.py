"""What a newcomer asks of every contender, and what is answered. Knows nothing of wires or servers."""

from dataclasses import dataclass

PAGE_SIZE = 10


@dataclass(frozen=True)
class Question:
    """One newcomer: either a new text or a few events.

    Attributes:
        text: what they say, "" if nothing.
        item_ids: what they looked at, oldest first; it is not recommended to them again.
    """

    text: str = ""
    item_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The items nearest to one newcomer, best first.

    Attributes:
        item_ids: their ids.
        scores: the first stage's inner products, one an item.
    """

    item_ids: tuple[str, ...]
    scores: tuple[float, ...]
