"""A profile model on disk: arrays beside profile.json, which names their codes.

Knows nothing of how it was fitted.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.profile.change_point import FEATURES, KNOWN_EDGES, ChangePointModel
from firstlight_encoder.profile.interest_axes import InterestAxes
from firstlight_encoder.profile.next_step import FEATURES as NEXT_FEATURES
from firstlight_encoder.profile.next_step import NextModel
from firstlight_encoder.profile.profile_model import SUBJECTS, NamedNext, ProfileModel

PROFILE = "profile"
"""The folder in a snapshot; older snapshots have none."""

FORMAT_VERSION = 2
"""Format 1 was fitted otherwise, and is read as nothing fitted."""

_FACTS = "profile.json"
_NEXT_ARRAYS = ("common", "kin", "followers", "follow", "tastes", "rarity", "weights")
_AXES_ARRAYS = ("centre", "directions", "spreads")
_CHANGE_ARRAYS = ("weights", "quantiles")


def write_profile_model(directory: Path, model: ProfileModel) -> None:
    """Writes ``model`` into ``directory`` (made if missing)."""
    directory.mkdir(parents=True, exist_ok=True)
    for subject, one in model.following.items():
        _save(directory, f"next.{subject}", one.model, _NEXT_ARRAYS)
    if model.change is not None:
        _save(directory, "change", model.change, _CHANGE_ARRAYS)
        _save(directory, "axes", model.change.axes, _AXES_ARRAYS)
    facts = {
        "format_version": FORMAT_VERSION,
        "features": NEXT_FEATURES,
        "change": model.change is not None,
        "names": {subject: one.names for subject, one in model.following.items()},
    }
    (directory / _FACTS).write_text(json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def read_profile_model(directory: Path, *, dimension: int) -> ProfileModel:
    """Reads what ``write_profile_model`` wrote.

    Args:
        directory: of the snapshot.
        dimension: d of the snapshot's space.

    Raises:
        SpaceFormatError: if a file is missing, unreadable, of another format or of another space.
    """
    try:
        facts: Any = json.loads((directory / _FACTS).read_text(encoding="utf-8"))
        if facts["format_version"] == 1:
            return ProfileModel()
        if facts["format_version"] != FORMAT_VERSION or tuple(facts["features"]) != NEXT_FEATURES:
            raise ValueError(f"format {facts['format_version']}, this version reads {FORMAT_VERSION}")
        change = _change(directory, dimension) if facts["change"] else None
        following = {
            subject: _next(directory, subject, tuple(facts["names"][subject]))
            for subject in SUBJECTS
            if subject in facts["names"]
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SpaceFormatError(f"no readable profile model in {directory}: {error!r}; rebuild it") from error
    return ProfileModel(change, following)


def _next(directory: Path, subject: str, names: tuple[str, ...]) -> NamedNext:
    model = NextModel(*_load(directory, f"next.{subject}", _NEXT_ARRAYS))
    lines = {name: getattr(model, name).shape[:1] for name in _NEXT_ARRAYS if name != "weights"}
    if set(lines.values()) != {(len(names),)} or model.weights.shape != (2, len(NEXT_FEATURES)):
        raise ValueError(f"next.{subject}: {len(names):,} names, arrays of {lines}, weights {model.weights.shape}")
    finite = all(np.isfinite(getattr(model, name)).all() for name in _NEXT_ARRAYS)
    if not finite or not (model.common > 0).all() or not (model.rarity > 0).all():
        raise ValueError(f"next.{subject}: numbers that are not finite, or shares that are not positive")
    return NamedNext(names, model)


def _change(directory: Path, dimension: int) -> ChangePointModel:
    axes = InterestAxes(*_load(directory, "axes", _AXES_ARRAYS))
    change = ChangePointModel(axes, *_load(directory, "change", _CHANGE_ARRAYS))
    shapes = (axes.centre.shape, axes.directions.shape, change.weights.shape, change.quantiles.shape[:1])
    expected = ((dimension,), (dimension, len(axes.spreads)), (FEATURES + 1,), (len(KNOWN_EDGES) + 1,))
    if shapes != expected:
        raise ValueError(f"change: arrays of {shapes}, expected {expected}")
    arrays = (axes.centre, axes.directions, axes.spreads, change.weights, change.quantiles)
    if not all(np.isfinite(array).all() for array in arrays) or not (axes.spreads > 0).all():
        raise ValueError("change: numbers that are not finite, or spreads that are not positive")
    return change


def _save(directory: Path, prefix: str, model: object, names: tuple[str, ...]) -> None:
    for name in names:
        np.save(directory / f"{prefix}.{name}.npy", getattr(model, name), allow_pickle=False)


def _load(directory: Path, prefix: str, names: tuple[str, ...]) -> list[NDArray[Any]]:
    return [np.load(directory / f"{prefix}.{name}.npy", allow_pickle=False) for name in names]
