"""What profiles are read with, beside the space: the change point model and what is done next, of one snapshot.

Knows nothing of files.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.labels import PATH_SEPARATOR
from firstlight_encoder.profile.change_point import ChangePointModel
from firstlight_encoder.profile.next_step import NextModel
from firstlight_encoder.tokens import EVENT_TOKEN_TYPES

SUBJECTS = ("category", "brand", "event_type")
"""What the next step is told of."""


@dataclass(frozen=True)
class NamedNext:
    """What is done next, with names for its codes.

    Attributes:
        names: of the codes, unique.
        model: over them.
    """

    names: tuple[str, ...]
    model: NextModel

    @cached_property
    def codes(self) -> dict[str, int]:
        """Of every name."""
        return dict(zip(self.names, count()))

    def likely(
        self, names: Sequence[str | None], gaps_h: NDArray[np.floating], *, most: int
    ) -> list[tuple[str, float]]:
        """The most probable names of the next event, with their probabilities.

        Args:
            names: of the events so far, oldest first; those unknown say nothing.
            gaps_h: ``(n,)``, hours before now.
            most: how many to return.
        """
        codes = np.array([-1 if name is None else self.codes.get(name, -1) for name in names], np.int64)
        known = codes >= 0
        likely = self.model.probabilities(codes[known], np.asarray(gaps_h)[known])
        return [(self.names[code], float(likely[code])) for code in np.argsort(-likely, kind="stable")[:most]]


@dataclass(frozen=True)
class ProfileModel:
    """One snapshot's; parts that could not be fitted are absent.

    Attributes:
        change: tells shifts of interest; None where too few users had events enough.
        following: by subject, what is done next.
    """

    change: ChangePointModel | None = None
    following: dict[str, NamedNext] = field(default_factory=dict[str, NamedNext])


def path_name(path: Sequence[str]) -> str | None:
    """The name of a category path, root first; None of none."""
    return PATH_SEPARATOR.join(path) if path else None


def kin_of(names: Sequence[str], subject: str) -> NDArray[np.int64]:
    """``(c,)`` int64: equal numbers for categories of one parent, and for all brands and types of events."""
    parents = [PATH_SEPARATOR.join(name.split(PATH_SEPARATOR)[:-1]) for name in names]
    alike = parents if subject == "category" else [""] * len(names)
    return np.unique(np.array(alike, dtype=object), return_inverse=True)[1].astype(np.int64)


EVENT_TYPE_NAMES = tuple(EVENT_TOKEN_TYPES)
"""The names of types of events, by their numbers."""
