"""A profile model for snapshots that were built without one: what a user did before, and what is popular.

Its probabilities are plausible and not calibrated, and it tells no shifts. Knows nothing of files.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.profile.next_step import START, NextModel
from firstlight_encoder.profile.profile_model import NamedNext, ProfileModel, kin_of

_LEAST = 1e-12
"""Every name's share, so that none is impossible."""


def unfitted(
    categories: Sequence[str | None], brands: Sequence[str | None], *, log_prior: NDArray[np.float32]
) -> ProfileModel:
    """The model of a catalogue.

    Args:
        categories: of the items, whole paths as one name.
        brands: of the items.
        log_prior: ``(n,)`` float32, natural logarithm of each item's popularity.
    """
    subjects = {"category": categories, "brand": brands}
    found = {subject: _named(values, subject, log_prior) for subject, values in subjects.items()}
    return ProfileModel(None, {subject: one for subject, one in found.items() if one.names})


def _named(values: Sequence[str | None], subject: str, log_prior: NDArray[np.float32]) -> NamedNext:
    names = tuple(dict.fromkeys(value for value in values if value))
    codes = {name: code for code, name in enumerate(names)}
    common = np.full(len(names), _LEAST)
    known = np.array([codes.get(value, -1) if value else -1 for value in values], np.int64)
    np.add.at(common, known[known >= 0], np.exp(log_prior.astype(np.float64))[known >= 0])
    nobody = np.full((len(names), 1), -1, np.int32)
    model = NextModel(
        common=common / max(common.sum(), 1e-300),
        kin=kin_of(names, subject),
        followers=nobody,
        follow=np.zeros(nobody.shape, np.float32),
        tastes=np.zeros((len(names), 0), np.float32),
        rarity=np.ones(len(names)),
        weights=START,
    )
    return NamedNext(names, model)
