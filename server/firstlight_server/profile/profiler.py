"""Interest profiles over one snapshot: settled events in, what is told of their user out.

Blocking work, some milliseconds. Knows nothing of messages or of where events come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.profile.interests import TYPE_WORTH
from firstlight_encoder.profile.newcomers import unfitted
from firstlight_encoder.profile.profile_model import EVENT_TYPE_NAMES, ProfileModel, path_name
from firstlight_encoder.profile.user_profile import Touched, UserProfile, user_profile
from firstlight_server.evidence import Clue
from firstlight_server.text_vectors import TextVectorMap
from firstlight_server.tokens import token_sequence
from firstlight_store import ItemTable


@dataclass(frozen=True, eq=False)
class Profiler:
    """Safe across threads.

    Attributes:
        items: what the rows stand for.
        rows: ``(n, d + 1)`` float32, the snapshot's item rows.
        fitted: what the build fitted; None in a snapshot of an older build.
    """

    items: ItemTable
    rows: NDArray[np.float32]
    fitted: ProfileModel | None

    @cached_property
    def model(self) -> ProfileModel:
        """What was fitted; without it, what a user did before and what is popular, uncalibrated, and no shifts."""
        if self.fitted is not None and self.fitted.following:
            return self.fitted
        rows = range(self.items.count)
        categories, brands = (
            [path_name(self.items.category(row)) for row in rows],
            [self.items.brand(row) for row in rows],
        )
        plain = unfitted(categories, brands, log_prior=self.rows[:, -1])
        return plain if self.fitted is None else replace(plain, change=self.fitted.change)

    def profile(self, clues: Sequence[Clue], *, texts: TextVectorMap, most: int, want_trajectory: bool) -> UserProfile:
        """The profile of a user whose events are ``clues``, oldest first; ``texts`` holds every prompt's vector."""
        return user_profile(self._touched(clues, texts), self.model, most=most, want_trajectory=want_trajectory)

    def _touched(self, clues: Sequence[Clue], texts: TextVectorMap) -> Touched:
        nothing = np.zeros((0, self.rows.shape[1] - 1), np.float32)
        tokens = token_sequence(clues, items=self.rows, labels=nothing, texts=texts)
        names = [EVENT_TYPE_NAMES[clue.type] for clue in clues]
        rows = [clue.row for clue in clues]
        return Touched(
            vectors=tokens.vectors,
            worths=np.array([TYPE_WORTH[name] for name in names]) * tokens.weights.astype(np.float64),
            gaps_h=tokens.gaps_h.astype(np.float64),
            item_ids=[clue.prompt if clue.row is None else self.items.ids[clue.row] for clue in clues],
            categories=[None if row is None else path_name(self.items.category(row)) for row in rows],
            brands=[None if row is None else self.items.brand(row) for row in rows],
            types=names,
        )
