"""What reasons say to people, in one language. Knows nothing of which language it is, or of scores."""

from collections.abc import Mapping
from dataclasses import dataclass

from firstlight_encoder.tokens import TokenType


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """Templates, to be filled with ``str.format``.

    Attributes:
        because: of what speaks for an item: ``{clue}``.
        although: of what speaks against it: ``{clue}``.
        done: what was done to ``{name}``, by the type of an event.
        wanted: a declaration of ``{name}``.
        unwanted: a declaration that ``{name}`` is not wanted.
        prior: an item's ``{rank}`` in the order of the prior.
        others: of ``{count}`` events and declarations that are not told apart.
        rules: what a rule did, by its name.
        rank_without: the ``{rank}`` that an item would have without a clue.
        far_without: the same of one that would not be among the first ``{count}``.
        between: what stands between two sentences.
    """

    because: str
    although: str
    done: Mapping[TokenType, str]
    wanted: str
    unwanted: str
    prior: str
    others: str
    rules: Mapping[str, str]
    rank_without: str
    far_without: str
    between: str = " "
