"""What is known of one user, once a request's oddities are settled. Knows nothing of how it was read, or of vectors."""

from dataclasses import dataclass
from typing import NamedTuple

from firstlight_encoder.tokens import TokenType
from firstlight_server.answer import Notice, ReasonKind
from firstlight_server.query import InterestKind


class Clue(NamedTuple):
    """One usable event or declaration. A tuple, which is quickly made, for every request brings some.

    Attributes:
        kind: EVENT, STORED_EVENT or DECLARATION.
        position: its place in the request; 0 for a STORED_EVENT.
        type: what the tower is told it is.
        weight: how much it counts; negative speaks against it, except for types that do so by themselves.
        name: the item's title or the declared words, for people.
        row: its row among the snapshot's items or, of a DECLARATION, labels; None if only text is known.
        prompt: the text to encode where ``row`` is None.
        interest: what a DECLARATION names; None for events.
        gap_h: hours before the request, at least 0; 0 for declarations.
        event_id: of a STORED_EVENT.
    """

    kind: ReasonKind
    position: int
    type: TokenType
    weight: float
    name: str
    row: int | None = None
    prompt: str = ""
    interest: InterestKind | None = None
    gap_h: float = 0.0
    event_id: str = ""


@dataclass(frozen=True)
class Evidence:
    """All that is known of one user.

    Attributes:
        clues: events oldest first, then declarations.
        notices: what was odd.
        seen_rows: item rows of every known event, used or not.
        disliked_rows: item rows that the user said they do not like.
        given: whether the request held any event or declaration at all.
    """

    clues: tuple[Clue, ...]
    notices: tuple[Notice, ...]
    seen_rows: tuple[int, ...]
    disliked_rows: tuple[int, ...]
    given: bool

    @property
    def prompts(self) -> tuple[str, ...]:
        """The texts that must be encoded before this evidence can be used."""
        return tuple(clue.prompt for clue in self.clues if clue.row is None)
