"""Lets answers heed shifts of interest: once one is likely, they are made from the events since then alone.

Every event stays known: what was seen is not recommended, what is disliked is never returned. Knows nothing of how
items are ranked.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from firstlight_encoder.profile.change_point import FEWEST_EVENTS, HEEDED_AT, ChangePointModel
from firstlight_encoder.tokens import NEGATIVE_TYPES, TokenSequence, TokenType
from firstlight_server.question import Newcomer

_AGAINST = np.array([kind in NEGATIVE_TYPES for kind in TokenType])


class DriftWatch:
    """Over one snapshot's change point model."""

    def __init__(self, model: ChangePointModel) -> None:
        self._model = model

    def heed(
        self, newcomers: Sequence[Newcomer], tokens: Sequence[TokenSequence]
    ) -> tuple[list[Newcomer], list[TokenSequence]]:
        """The same newcomers with what answers should be made from; those whose interests shift are marked."""
        pairs = [self._heeded(*one) for one in zip(newcomers, tokens, strict=True)]
        return [newcomer for newcomer, _ in pairs], [own for _, own in pairs]

    def _heeded(self, newcomer: Newcomer, tokens: TokenSequence) -> tuple[Newcomer, TokenSequence]:
        if len(tokens) < FEWEST_EVENTS:
            return newcomer, tokens
        against = _AGAINST[tokens.types] | (tokens.weights < 0)
        wanted = np.flatnonzero(~against & (tokens.types != TokenType.DECLARED))
        if len(wanted) < FEWEST_EVENTS:
            return newcomer, tokens
        shift = self._model.shift(tokens.vectors[wanted])
        if shift.score < HEEDED_AT:
            return newcomer, tokens
        declared = tokens.types == TokenType.DECLARED
        kept = np.flatnonzero((np.arange(len(tokens)) >= wanted[-shift.events_since]) | against | declared)
        clues = newcomer.evidence.clues
        evidence = replace(newcomer.evidence, clues=tuple(clues[place] for place in kept.tolist()))
        return replace(newcomer, evidence=evidence, drifted=True), tokens.only(kept)
