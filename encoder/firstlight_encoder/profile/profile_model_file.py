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
from firstlight_encoder.profile.next_step import KNOWN_EDGES as NEXT_EDGES
from firstlight_encoder.profile.next_step import SOURCES, NextModel
from firstlight_encoder.profile.profile_model import SUBJECTS, NamedNext, ProfileModel

PROFILE = "profile"
"""The folder in a snapshot; older snapshots have none."""

FORMAT_VERSION = 1
_FACTS = "profile.json"
_NEXT_ARRAYS = ("common", "kin", "followers", "follow", "weights", "temperatures")
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
        "sources": SOURCES,
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
        if facts["format_version"] != FORMAT_VERSION or tuple(facts["sources"]) != SOURCES:
            raise ValueError(f"format {facts['format_version']}, this version reads {FORMAT_VERSION}")
        change = ChangePointModel(*_load(directory, "change", _CHANGE_ARRAYS)) if facts["change"] else None
        if change is not None:
            _require_change(change, dimension)
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
    shapes = {model.common.shape, model.kin.shape, (len(model.followers),), (len(model.follow),)}
    if shapes != {(len(names),)} or model.weights.shape != (len(NEXT_EDGES) + 1, len(SOURCES)):
        raise ValueError(f"next.{subject}: {len(names):,} names, arrays of {shapes} and {model.weights.shape}")
    if not np.isfinite(model.common).all() or not (model.temperatures > 0).all():
        raise ValueError(f"next.{subject}: numbers that are not finite, or temperatures {model.temperatures}")
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
