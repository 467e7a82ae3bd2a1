"""The question as it would be were one clue not there. Knows nothing of how questions are ranked."""

from dataclasses import replace

from firstlight_server.answer import ReasonKind
from firstlight_server.arrangement.rules import Reranking
from firstlight_server.evidence import Clue
from firstlight_server.question import Newcomer

DEPTH = 200
"""How many ranks are looked at; an item further down has the rank ``DEPTH + 1``."""


def without(newcomer: Newcomer, place: int) -> Newcomer:
    """The newcomer without the clue at ``place``; its item may be recommended again, unless something else forbids it.

    They ask for the ``DEPTH`` best, arranged by no rule, out of the same items.
    """
    query, evidence = newcomer.query, newcomer.evidence
    kept = (*evidence.clues[:place], *evidence.clues[place + 1 :])
    dropped = evidence.clues[place]
    asked = replace(
        query, scope=replace(query.scope, page_size=DEPTH), reranking=Reranking(blocks=query.reranking.blocks)
    )
    left = replace(
        evidence,
        clues=kept,
        seen_rows=_less(evidence.seen_rows, dropped),
        disliked_rows=_less(evidence.disliked_rows, dropped),
    )
    return replace(newcomer, query=asked, evidence=left)


def _less(rows: tuple[int, ...], clue: Clue) -> tuple[int, ...]:
    """``rows`` without one mention of the clue's item."""
    if clue.kind is ReasonKind.DECLARATION or clue.row not in rows:
        return rows
    place = rows.index(clue.row)
    return rows[:place] + rows[place + 1 :]
