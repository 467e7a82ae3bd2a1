"""Why each item is in an answer: what its score would lose if an event or declaration had not been there.

Leave one out: exact for the shipped model, whatever it is, at one more query a token. Knows nothing of searching.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence, TokenType
from firstlight_server.answer import Reason, ReasonKind
from firstlight_server.asked import Asked
from firstlight_server.declared_lift import Named, among, lifted
from firstlight_server.evidence import Clue
from firstlight_server.ranking import Ranking

MAX_REASONS = 10
"""Reasons an item gets at most, the prior's own included: a page of 1,000 must fit a client's default message size."""

_DONE = {
    TokenType.VIEW: "looked at {}",
    TokenType.CART: "put {} into the cart",
    TokenType.PURCHASE: "bought {}",
    TokenType.FAVORITE: "marked {} as a favourite",
    TokenType.REMOVE_FROM_CART: "took {} out of the cart",
    TokenType.DISLIKE: "disliked {}",
    TokenType.RATING: "rated {}",
}


def reasons(
    *,
    space: Space,
    tokens: TokenSequence,
    asked: Asked,
    named: Sequence[Named],
    ranking: Ranking,
    score: Callable[[Asked], NDArray[np.float32]],
) -> list[tuple[Reason, ...]]:
    """For each item its reasons, the strongest first; the prior is as strong as it lifts the item above an even chance.

    Args:
        space: the space that made ``query`` out of ``tokens``.
        tokens: what the tower read.
        asked: the same, as it was ranked by; its clues are what each token stands for.
        named: what the declarations name.
        ranking: the items to explain.
        score: the items' scores, ``(k,)`` float32, were something else asked.
    """
    clues, query = asked.clues, asked.first.query
    shares = _shares(space, tokens, asked, among(named, ranking.rows), score)
    priors = query[-1] * ranking.vectors[:, -1]
    explained: list[tuple[Reason, ...]] = []
    for own, prior, rank in zip(shares, priors, ranking.prior_ranks, strict=True):
        strongest: list[int] = np.argsort(-own, kind="stable")[: MAX_REASONS - 1].tolist()
        found = [
            Reason(
                clues[at].kind,
                clues[at].position,
                float(own[at]),
                _sentence(clues[at], own[at]),
                event_id=clues[at].event_id,
            )
            for at in strongest
        ]
        text = f"Number {rank:,} among what newcomers choose."
        found.append(Reason(ReasonKind.PRIOR, 0, float(prior), text))
        above_even = float(query[-1]) * math.log(ranking.item_count)
        explained.append(tuple(sorted(found, key=lambda reason: _strength(reason, above_even), reverse=True)))
    return explained


def _strength(reason: Reason, above_even: float) -> float:
    return reason.share + above_even if reason.kind is ReasonKind.PRIOR else reason.share


def _shares(
    space: Space,
    tokens: TokenSequence,
    asked: Asked,
    named: Sequence[Named],
    score: Callable[[Asked], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """``(k, tokens)`` float32: how much each item's score falls without each token."""
    whole = score(asked)
    if not len(tokens):
        return np.zeros((len(whole), 0), np.float32)
    fewer = [tokens.without(position) for position in range(len(tokens))]
    columns: list[NDArray[np.float32]] = []
    for position, (rest, query) in enumerate(zip(fewer, space.queries(fewer), strict=True)):
        others = [one for one in named if one.position != position]
        first = lifted(query, others, space=space, tokens=rest)
        clues = [clue for place, clue in enumerate(asked.clues) if place != position]
        columns.append(whole - score(Asked(first, clues)))
    return np.stack(columns, axis=1)


def _sentence(clue: Clue, share: float) -> str:
    if clue.kind is not ReasonKind.DECLARATION:
        told = f"you {_DONE[clue.type].format(clue.name)}"
    else:
        told = f"you {'asked for' if clue.weight >= 0 else 'did not want'} {clue.name}"
    return f"{'Because' if share >= 0 else 'Although'} {told}."
