"""Reads a question against a snapshot: which events and declarations can be used, and what is odd about the others.

Oddities are tolerated and noted, never errors. Knows nothing of vectors, scores or the wire.
"""

from collections.abc import Sequence

from firstlight_encoder.tokens import MAX_TOKENS, NEGATIVE_TYPES, TokenType
from firstlight_server.answer import Notice, ReasonKind, WarningCode
from firstlight_server.contradictions import contradictions
from firstlight_server.evidence import Clue, Evidence
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery
from firstlight_store import ItemTable, LabelTable

_HOUR_S = 3_600.0
_SHOWN_CHARACTERS = 60


class EvidenceReader:
    """Settles events and declarations against one snapshot."""

    def __init__(self, items: ItemTable, labels: LabelTable, *, encodes_text: bool) -> None:
        self._items = items
        self._labels = labels
        self._encodes_text = encodes_text

    def knows(self, item_id: str) -> bool:
        """Whether the snapshot holds the item."""
        return self._items.row(item_id) is not None

    def read(self, query: RecommendQuery, *, now_s: float) -> Evidence:
        """The evidence of a question asked at ``now_s`` (seconds since 1970 UTC)."""
        notices: list[Notice] = []
        rows = [self._items.row(event.item_id) if event.item_id else None for event in query.events]
        clues = self._event_clues(query.events, rows, notices, now_s=now_s)
        clues += self._declared_clues(query.declarations, notices)
        notices += contradictions(query)
        disliked = (row for row, event in zip(rows, query.events, strict=True) if event.type is TokenType.DISLIKE)
        return Evidence(
            clues=tuple(clues),
            notices=tuple(notices),
            seen_rows=tuple(row for row in rows if row is not None),
            disliked_rows=tuple(row for row in disliked if row is not None),
            given=bool(query.events or query.declarations),
        )

    def _event_clues(
        self, events: Sequence[Event], rows: Sequence[int | None], notices: list[Notice], *, now_s: float
    ) -> list[Clue]:
        """Clues of the latest events the tower can read, oldest first."""
        clues: list[Clue] = []
        earlier: dict[Event, int] = {}
        for index, (event, row) in enumerate(zip(events, rows, strict=True)):
            gap_h = 0.0 if event.at_s is None else max(0.0, now_s - event.at_s) / _HOUR_S
            if event.event_id:
                clues += self._stored_clue(event, row, gap_h=gap_h)
                continue
            first = earlier.setdefault(event, index)
            if first != index:
                notices.append(_duplicate(index, first))
                continue
            if event.at_s is not None and event.at_s > now_s:
                notices.append(_future(index, event.at_s - now_s))
            clue = self._event_clue(index, event, row, notices, gap_h=gap_h)
            if clue is not None:
                clues.append(clue)
        clues.sort(key=lambda clue: -clue.gap_h)
        given = sum(clue.kind is ReasonKind.EVENT for clue in clues)
        if given > MAX_TOKENS:
            notices.append(_truncated(given))
        return clues[-MAX_TOKENS:]

    def _stored_clue(self, event: Event, row: int | None, *, gap_h: float) -> list[Clue]:
        """The clue of a stored event, if it is of use; what is odd about it was told when it was stored."""
        clue = self._event_clue(0, event, row, [], gap_h=gap_h)
        return [] if clue is None else [clue._replace(kind=ReasonKind.STORED_EVENT, event_id=event.event_id)]

    def _event_clue(
        self, index: int, event: Event, row: int | None, notices: list[Notice], *, gap_h: float
    ) -> Clue | None:
        weight = abs(event.weight) if event.type in NEGATIVE_TYPES else event.weight
        if row is not None:
            return Clue(ReasonKind.EVENT, index, event.type, weight, self._items.title(row), row, gap_h=gap_h)
        text = event.text.strip()
        if not text:
            notices.append(_unknown_item(index, event.item_id))
            return None
        if not self._encodes_text:
            notices.append(_text_ignored(f"events[{index}].text", text))
            return None
        return Clue(ReasonKind.EVENT, index, event.type, weight, text, prompt=text, gap_h=gap_h)

    def _declared_clues(self, declarations: Sequence[Declaration], notices: list[Notice]) -> list[Clue]:
        clues: list[Clue] = []
        for index, declared in enumerate(declarations):
            row = self._label_row(declared)
            if row is None and not self._encodes_text:
                notices.append(_text_ignored(f"declarations[{index}].{declared.kind}", declared.words))
                continue
            prompt = "" if row is not None else declared.prompt
            words = declared.words.strip()
            clues.append(
                Clue(
                    ReasonKind.DECLARATION,
                    index,
                    TokenType.DECLARED,
                    declared.weight,
                    words,
                    row=row,
                    prompt=prompt,
                    interest=declared.kind,
                )
            )
        return clues

    def _label_row(self, declared: Declaration) -> int | None:
        if declared.kind is InterestKind.CATEGORY:
            return self._labels.row("category", declared.words)
        return self._labels.row("brand", declared.words) if declared.kind is InterestKind.BRAND else None


def _duplicate(index: int, first: int) -> Notice:
    message = f"the same as events[{first}]; it counted once"
    return Notice(WarningCode.DUPLICATE_EVENT, f"events[{index}]", message)


def _future(index: int, ahead_s: float) -> Notice:
    message = f"{ahead_s:,.0f} s later than the service's clock; read as now"
    return Notice(WarningCode.FUTURE_TIMESTAMP, f"events[{index}].timestamp", message)


def _truncated(count: int) -> Notice:
    message = f"{count:,} usable events; the latest {MAX_TOKENS} were read"
    return Notice(WarningCode.HISTORY_TRUNCATED, "events", message)


def _unknown_item(index: int, item_id: str) -> Notice:
    message = f"{_shown(item_id)} is not in the snapshot and carries no text; it was ignored: send its title as text"
    return Notice(WarningCode.UNKNOWN_ITEM, f"events[{index}].item_id", message)


def _text_ignored(field: str, text: str) -> Notice:
    message = f"{_shown(text)} was ignored: the snapshot has no text encoder; use an id or a name of the catalogue"
    return Notice(WarningCode.TEXT_IGNORED, field, message)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "...")
