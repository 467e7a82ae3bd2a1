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
from firstlight_encoder.profile.next_step import FEATURES as NEXT_FEATURES
from firstlight_encoder.profile.next_step import NextModel
from firstlight_encoder.profile.profile_model import SUBJECTS, NamedNext, ProfileModel

PROFILE = "profile"
"""The folder in a snapshot; older snapshots have none."""

FORMAT_VERSION = 2
"""Of format 1 the change points alone are read: what comes next was fitted otherwise."""

_FACTS = "profile.json"
_NEXT_ARRAYS = ("common", "kin", "followers", "follow", "tastes", "rarity", "weights")
_CHANGE_ARRAYS = ("centre", "weights", "quantiles")


def write_profile_model(directory: Path, model: ProfileModel) -> None:
    """Writes ``model`` into ``directory`` (made if missing)."""
    directory.mkdir(parents=True, exist_ok=True)
    for subject, one in model.following.items():
        _save(directory, f"next.{subject}", one.model, _NEXT_ARRAYS)
    if model.change is not None:
        _save(directory, "change", model.change, _CHANGE_ARRAYS)
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
        version, told = facts["format_version"], facts["names"]
        if version not in {1, FORMAT_VERSION}:
            raise ValueError(f"format {version}, this version reads {FORMAT_VERSION}")
        change = ChangePointModel(*_load(directory, "change", _CHANGE_ARRAYS)) if facts["change"] else None
        if change is not None:
            _require_change(change, dimension)
        if version == FORMAT_VERSION and tuple(facts["features"]) != NEXT_FEATURES:
            raise ValueError(f"features {facts['features']}, this version reads {NEXT_FEATURES}")
        subjects = [subject for subject in SUBJECTS if subject in told and version == FORMAT_VERSION]
        following = {subject: _next(directory, subject, tuple(told[subject])) for subject in subjects}
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


def _require_change(change: ChangePointModel, dimension: int) -> None:
    shapes = (change.centre.shape, change.weights.shape, change.quantiles.shape[:1])
    expected = ((dimension,), (FEATURES + 1,), (len(KNOWN_EDGES) + 1,))
    if shapes != expected:
        raise ValueError(f"change: arrays of {shapes}, expected {expected}")
    if not all(np.isfinite(array).all() for array in (change.centre, change.weights, change.quantiles)):
        raise ValueError("change: numbers that are not finite")


def _save(directory: Path, prefix: str, model: object, names: tuple[str, ...]) -> None:
    for name in names:
        np.save(directory / f"{prefix}.{name}.npy", getattr(model, name), allow_pickle=False)


def _load(directory: Path, prefix: str, names: tuple[str, ...]) -> list[NDArray[Any]]:
    return [np.load(directory / f"{prefix}.{name}.npy", allow_pickle=False) for name in names]
