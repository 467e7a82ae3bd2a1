"""Puts a reason into words. Knows nothing of how shares or ranks were found."""

from typing import NamedTuple

from firstlight_server.answer import Reason, ReasonKind
from firstlight_server.evidence import Clue
from firstlight_server.explanation.sentences import Sentences


class Texts(NamedTuple):
    """What is said of a clue that speaks for an item, and of one that speaks against it."""

    because: str
    although: str


def texts_of(clue: Clue, *, sentences: Sentences) -> Texts:
    """What is said of an event or a declaration."""
    if clue.kind is ReasonKind.DECLARATION:
        words = sentences.wanted if clue.weight >= 0 else sentences.unwanted
    else:
        words = sentences.done[clue.type]
    done = words.format(name=clue.name)
    return Texts(sentences.because.format(clue=done), sentences.although.format(clue=done))


def of_clue(clue: Clue, share: float, texts: Texts) -> Reason:
    """The reason that an event or a declaration is."""
    text = texts.because if share >= 0 else texts.although
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
