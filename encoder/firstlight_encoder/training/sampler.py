"""Random short prefixes: training cases drawn from the log as newcomers would look.

Knows nothing of vectors.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_encoder.training.declarations import PLAIN, DeclarationHabits, Declarations, DeclarationSampler
from firstlight_encoder.training.known_events import KnownEvents, KnownEventsSampler, Rows

DROPPED_SHARE = 0.1
"""How many of a case's events are left out at random, where there are several: logs have gaps."""


@dataclass(frozen=True)
class CaseBatch:
    """``b`` training cases, padded with -1.

    Attributes:
        history: ``(b, k)`` int64 catalogue rows, oldest first.
        types: ``(b, k)`` int64.
        gaps_h: ``(b, k)`` float32, hours.
        weights: ``(b, k)`` float32, 0 where padded.
        declared: ``m`` declarations a case.
        positives: ``(b, p)`` int64 rows, -1 where the draw was in the history or unwanted.
        times_h: ``(b,)`` float64, when the target basket happened, hours since 1970.
    """

    history: Rows
    types: Rows
    gaps_h: NDArray[np.float32]
    weights: NDArray[np.float32]
    declared: Declarations
    positives: Rows
    times_h: NDArray[np.float64]

    @property
    def lengths(self) -> Rows:
        """``(b,)`` int64: from the oldest event known to the newest place, what was left out between them included."""
        known = self.history >= 0
        return np.where(known.any(1), known.shape[1] - known.argmax(1), 0) if known.size else known.sum(1)

    def of(self, cases: Rows) -> "CaseBatch":
        """Some of the cases."""
        arrays = {field.name: getattr(self, field.name)[cases] for field in fields(self) if field.name != "declared"}
        return CaseBatch(**arrays, declared=self.declared.of(cases))

    def trimmed(self) -> "CaseBatch":
        """The same without what is padding in all cases."""
        first = self.history.shape[1] - int(self.lengths.max(initial=0))
        known = {name: getattr(self, name)[:, first:] for name in ("history", "types", "gaps_h", "weights")}
        return replace(self, **known)


class CaseSampler:
    """Draws training cases from the users' events."""

    def __init__(self, interactions: Interactions, labels: Labels, *, seed: int) -> None:
        """Raises ``TrainingDataError`` if no user has two baskets."""
        self._log = interactions
        self.random, self.moods = np.random.default_rng(seed), np.random.default_rng([seed, 1])
        self._known_events = KnownEventsSampler(interactions, self.random)
        self._declarations = DeclarationSampler(interactions, labels, random=self.random, moods=self.moods)

    def draw(self, size: int, *, k: int, declared: int, positives: int, habits: DeclarationHabits = PLAIN) -> CaseBatch:
        """``size`` cases of at most ``k`` events and ``declared`` declarations, each with ``positives`` target draws.

        ``habits`` say how they declare.
        """
        known = self._known_events.draw(size, k=k)
        user_end = self._known_events.user_end(known.target)
        events, present = self._some_of(known, k)
        history = np.where(present, self._log.items[events], -1)
        return CaseBatch(
            history=history,
            types=self._log.types[events],
            positives=self._positives(known.target, history, positives),
            gaps_h=np.where(present, self._gaps_h(events, known.target), 0).astype(np.float32),
            weights=np.where(present, self._log.weights[events], 0).astype(np.float32),
            declared=self._declarations.draw(known.target, user_end, declared, habits=habits),
            times_h=self._begins_h(known.target),
        )

    def _some_of(self, known: KnownEvents, k: int) -> tuple[Rows, NDArray[np.bool_]]:
        """Events ``(b, k)``, the last of a case in the last column, and which of them count ``(b, k)`` bool."""
        events = np.arange(k)[None, :] + (known.end - k)[:, None]
        kept = self.random.random(events.shape) >= DROPPED_SHARE * (k > 1)
        return np.maximum(events, 0), (events >= known.start[:, None]) & kept

    def _positives(self, target: Rows, history: Rows, count: int) -> Rows:
        """``count`` random items of each target basket, ``(b, count)``; -1 for the known and the unwanted."""
        starts = self._log.basket_starts
        span = (starts[target + 1] - starts[target])[:, None]
        chosen = starts[target][:, None] + (self.random.random((len(target), count)) * span).astype(np.int64)
        items = np.where(self._log.wanted[chosen], self._log.items[chosen], -1)
        known = np.any(items[:, :, None] == history[:, None, :], axis=-1)
        return np.where(known, -1, items)

    def _gaps_h(self, events: Rows, target: Rows) -> NDArray[np.float64]:
        """Hours ``(b, k)`` to the target's basket for half of the cases, to the newest event for the others."""
        times_h, target_h = self._log.times_h[events], self._begins_h(target)
        at_target = self.random.random(len(target)) < 0.5
        newest_h = times_h[:, -1] if times_h.shape[1] else target_h
        return np.maximum(np.where(at_target, target_h, newest_h)[:, None] - times_h, 0)

    def _begins_h(self, basket: Rows) -> NDArray[np.float64]:
        """When each basket begins, hours since 1970."""
        begins: NDArray[np.float64] = self._log.times_h[self._log.basket_starts[basket]]
        return begins
