"""Fits all that profiles of one catalogue are read with. Knows nothing of files."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.profile_model import (
    EVENT_TYPE_NAMES,
    NamedNext,
    ProfileModel,
    kin_of,
    path_name,
)
from firstlight_encoder.training.profile.change_point_fit import fit_change_points
from firstlight_encoder.training.profile.next_fit import fit_next, next_cases


def fit_profile(
    train: Interactions,
    validation: Interactions,
    *,
    vectors: NDArray[np.float32],
    categories: Sequence[Sequence[str]],
    brands: Sequence[str | None],
    seed: int = 0,
) -> ProfileModel:
    """The profile model of a catalogue.

    Args:
        train: the users to count and to tell shifts by.
        validation: other users, who choose the weights of what is done next.
        vectors: ``(items, d)`` float32, unit rows of the space.
        categories: of the items, paths from the root.
        brands: of the items.
        seed: of what is drawn.
    """
    following = fit_following(train, validation, categories=categories, brands=brands, seed=seed)
    return ProfileModel(fit_change_points(train, vectors, seed=seed), following)


def fit_following(
    train: Interactions,
    validation: Interactions,
    *,
    categories: Sequence[Sequence[str]],
    brands: Sequence[str | None],
    seed: int = 0,
) -> dict[str, NamedNext]:
    """By subject, what is done next; subjects of which nothing is known are left out."""
    coded = {
        "category": _coded([path_name(path) for path in categories]),
        "brand": _coded(brands),
    }
    fitted = {
        subject: _named(train, validation, item_codes[train.items], item_codes[validation.items], names, subject, seed)
        for subject, (names, item_codes) in coded.items()
    }
    fitted["event_type"] = _named(
        train, validation, train.types, validation.types, EVENT_TYPE_NAMES, "event_type", seed
    )
    return {subject: one for subject, one in fitted.items() if one is not None}


def _named(  # noqa: PLR0913, PLR0917 - two logs with their codes
    train: Interactions,
    validation: Interactions,
    train_codes: NDArray[np.int64],
    validation_codes: NDArray[np.int64],
    names: Sequence[str],
    subject: str,
    seed: int,
) -> NamedNext | None:
    cases = next_cases(validation, validation_codes)
    model = fit_next(train, train_codes, cases, kin=kin_of(names, subject), seed=seed)
    return None if model is None else NamedNext(tuple(names), model)


def _coded(values: Sequence[str | None]) -> tuple[Sequence[str], NDArray[np.int64]]:
    """The distinct values in order of appearance, and each one's code; -1 for None."""
    numbers: Mapping[str, int] = {
        value: code for code, value in enumerate(dict.fromkeys(value for value in values if value))
    }
    return tuple(numbers), np.array([numbers.get(value, -1) if value else -1 for value in values], np.int64)
