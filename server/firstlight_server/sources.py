"""Where each item of an answer came from. Knows nothing of searching or reasons."""

from collections.abc import Sequence

import numpy as np

from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence, TokenType
from firstlight_server.answer import Source
from firstlight_server.asked import Asked
from firstlight_server.declared_lift import Named, among, lifted
from firstlight_server.ranking import Ranking


def sources(
    *,
    space: Space,
    tokens: TokenSequence,
    asked: Asked,
    named: Sequence[Named],
    ranking: Ranking,
    given: bool,
) -> Sequence[Source]:
    """One source for each item.

    Where both events and declarations spoke, an item came from those without which the first stage's score would fall
    further, all else read and weighed as it was: what reasons say, too.

    Args:
        space: the space that ranked by ``tokens``.
        tokens: what the tower read.
        asked: the same, as it was ranked by.
        named: what the declarations name.
        ranking: the items.
        given: whether the request held any event or declaration, used or not.
    """
    if not len(tokens):
        return [Source.FALLBACK if given else Source.PRIOR] * len(ranking.rows)
    if not tokens.declared_count:
        return [Source.MODEL] * len(ranking.rows)
    if not tokens.event_count:
        return [Source.DECLARED] * len(ranking.rows)
    declared = tokens.types == TokenType.DECLARED
    by_words, by_events = space.queries_of_parts(tokens, np.stack([declared, ~declared]))
    by_words_alone = lifted(by_words, among(named, ranking.rows), space=space, tokens=tokens)
    scores = asked.first.scores(ranking.rows, ranking.vectors)
    lost_events = scores - by_words_alone.scores(ranking.rows, ranking.vectors)
    lost_declared = scores - ranking.vectors @ by_events
    return [
        Source.MODEL if without_events >= without_words else Source.DECLARED
        for without_events, without_words in zip(lost_events, lost_declared, strict=True)
    ]
