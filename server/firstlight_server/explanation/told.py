"""Puts a reason into words. Knows nothing of how shares or ranks were found."""

from firstlight_server.answer import Reason, ReasonKind
from firstlight_server.evidence import Clue
from firstlight_server.explanation.sentences import Sentences


def of_clue(clue: Clue, share: float, *, sentences: Sentences) -> Reason:
    """The reason that an event or a declaration is."""
    if clue.kind is ReasonKind.DECLARATION:
        words = sentences.wanted if clue.weight >= 0 else sentences.unwanted
    else:
        words = sentences.done[clue.type]
    frame = sentences.because if share >= 0 else sentences.although
    text = frame.format(clue=words.format(name=clue.name))
    return Reason(clue.kind, clue.position, share, text, event_id=clue.event_id)


def of_prior(share: float, rank: int, *, sentences: Sentences) -> Reason:
    """The reason that an item's ``rank`` in the order of the prior is."""
    return Reason(ReasonKind.PRIOR, 0, share, sentences.prior.format(rank=rank))


def of_others(share: float, count: int, *, sentences: Sentences) -> Reason:
    """The reason that ``count`` clues are which are not told apart."""
    return Reason(ReasonKind.OTHERS, 0, share, sentences.others.format(count=count))


def of_rule(rule: str, share: float, *, sentences: Sentences) -> Reason:
    """The reason that a rule is."""
    return Reason(ReasonKind.RULE, 0, share, sentences.rules[rule], rule=rule)


def of_rank(rank: int, *, depth: int, sentences: Sentences) -> str:
    """The ``rank`` that an item would have; ``depth + 1`` stands for every one below the first ``depth``."""
    if rank > depth:
        return sentences.far_without.format(count=depth)
    return sentences.rank_without.format(rank=rank)
