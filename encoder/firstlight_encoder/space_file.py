"""A space on disk: space.json (what it is) beside space.safetensors (its weights).

Knows nothing of what the weights compute.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import (
    load_file,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
    save_file,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
)

from firstlight_encoder.architecture import ARCHITECTURES, Architecture
from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.parameters import Parameters

FORMAT_VERSION = 2
_WEIGHTS, _FACTS = "space.safetensors", "space.json"
_ADAPTOR, _TOWER = "adaptor.", "tower."


@dataclass(frozen=True)
class StoredSpace:
    """What the two files hold.

    Attributes:
        adaptor_parameters: float32 arrays of ``adaptor.project``.
        tower_parameters: float32 arrays of ``tower.queries``.
        text_fingerprint: of the text encoder whose vectors the adaptor takes.
        architecture: of the tower.
        fingerprint: of the whole space.
    """

    adaptor_parameters: Parameters
    tower_parameters: Parameters
    text_fingerprint: str
    architecture: Architecture
    fingerprint: str


def write_space(directory: Path, space: StoredSpace) -> None:
    """Writes ``space`` into ``directory`` (made if missing)."""
    directory.mkdir(parents=True, exist_ok=True)
    named = ((_ADAPTOR, space.adaptor_parameters), (_TOWER, space.tower_parameters))
    arrays = {f"{part}{name}": np.ascontiguousarray(value) for part, own in named for name, value in own.items()}
    save_file(arrays, directory / _WEIGHTS)
    facts = {
        "format_version": FORMAT_VERSION,
        "text_fingerprint": space.text_fingerprint,
        "tower": space.architecture,
        "fingerprint": space.fingerprint,
    }
    (directory / _FACTS).write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_space(directory: Path) -> StoredSpace:
    """Reads what ``write_space`` wrote. That weights and fingerprint belong together is for the caller to check.

    Raises:
        SpaceFormatError: if a file is missing, unreadable or of another format.
    """
    try:
        facts: Any = json.loads((directory / _FACTS).read_text(encoding="utf-8"))
        version, text, whole = (facts[name] for name in ("format_version", "text_fingerprint", "fingerprint"))
        arrays = load_file(directory / _WEIGHTS)
    except (OSError, ValueError, TypeError, KeyError, SafetensorError) as error:
        raise SpaceFormatError(f"no readable space in {directory}: {error!r}; rebuild with `make index`") from error
    if version != FORMAT_VERSION:
        raise SpaceFormatError(
            f"{directory} holds format {version}, this version reads {FORMAT_VERSION}; rebuild with `make index`"
        )
    return StoredSpace(
        _part(arrays, _ADAPTOR),
        _part(arrays, _TOWER),
        str(text),
        _architecture(facts.get("tower"), directory),
        str(whole),
    )


def _architecture(stated: object, directory: Path) -> Architecture:
    for known in ARCHITECTURES:
        if stated == known:
            return known
    raise SpaceFormatError(
        f"{directory / _FACTS} says tower = {stated!r}, this version knows {', '.join(ARCHITECTURES)}; "
        "rebuild with `make index`"
    )


def _part(arrays: Parameters, prefix: str) -> Parameters:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
