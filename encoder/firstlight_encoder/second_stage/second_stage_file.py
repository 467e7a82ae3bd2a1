"""A second stage on disk: arrays that are mapped, not read, beside second_stage.json, which says what they are.

The catalogue's rows are kept elsewhere in a snapshot and are given when it is read. Knows nothing of ranking.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.second_stage.catalogue_side import TABLES, CatalogueSide
from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.item_facts import ItemFacts
from firstlight_encoder.second_stage.lexicon import Lexicon
from firstlight_encoder.second_stage.mixture import SourceMixture
from firstlight_encoder.second_stage.neighbour_table import NeighbourTable
from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.second_stage.trees import Trees

FORMAT_VERSION = 1
_FACTS, _TREES = "second_stage.json", "trees.onnx"


def write_second_stage(directory: Path, stage: SecondStage) -> None:
    """Writes ``stage`` without its catalogue's rows into ``directory`` (made if missing)."""
    directory.mkdir(parents=True, exist_ok=True)
    side = stage.side
    for name, array in _arrays(side).items():
        np.save(directory / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    np.save(directory / "mixture.npy", stage.mixture.weights, allow_pickle=False)
    if stage.trees is not None:
        (directory / _TREES).write_bytes(stage.trees.model)
    facts = {
        "format_version": FORMAT_VERSION,
        "method": stage.method,
        "features": FEATURES,
        "decay": {name: table.decay for name, table in side.tables.items()},
        "vocabulary": side.lexicon.vocabulary,
        "hit_curves": None if stage.curves is None else stage.curves.tolist(),
    }
    (directory / _FACTS).write_text(json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def read_second_stage(directory: Path, *, rows: NDArray[np.float32]) -> SecondStage:
    """Reads what ``write_second_stage`` wrote.

    Args:
        directory: of the snapshot.
        rows: ``(n, d + 1)`` float32, the catalogue's rows it was built over.

    Raises:
        SpaceFormatError: if a file is missing, unreadable, of another format or of another catalogue.
    """
    try:
        facts: Any = json.loads((directory / _FACTS).read_text(encoding="utf-8"))
        _require(facts, directory)
        method = Method(facts["method"])
        side = _side(directory, facts, rows=rows)
        mixture = SourceMixture(_array(directory, "mixture"))
        trees = Trees.load(directory / _TREES) if method is Method.TREES else None
        curves = _curves(facts.get("hit_curves"))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SpaceFormatError(f"no readable second stage in {directory}: {error!r}; rebuild it") from error
    _require_count(side, len(rows), directory)
    _require_one_width(side, directory)
    return SecondStage(side=side, mixture=mixture, trees=trees, method=method, curves=curves)


def _arrays(side: CatalogueSide) -> dict[str, NDArray[Any]]:
    return {
        **{f"{name}.ids": table.ids for name, table in side.tables.items()},
        **{f"{name}.probabilities": table.probabilities for name, table in side.tables.items()},
        "tastes": side.tastes,
        "facts.category": side.facts.category,
        "facts.brand": side.facts.brand,
        "facts.log_price": side.facts.log_price,
        "lexicon.starts": side.lexicon.starts,
        "lexicon.items": side.lexicon.items,
    }


def _require(facts: Any, directory: Path) -> None:
    if facts["format_version"] != FORMAT_VERSION or tuple(facts["features"]) != FEATURES:
        raise SpaceFormatError(
            f"{directory} holds a second stage of format {facts['format_version']} with {len(facts['features'])} "
            f"features, this version reads format {FORMAT_VERSION} with its own {len(FEATURES)}; rebuild it"
        )


def _require_count(side: CatalogueSide, count: int, directory: Path) -> None:
    facts = side.facts
    tables = (table.ids for table in side.tables.values())
    for array in (*tables, side.tastes, facts.category, facts.brand, facts.log_price):
        if len(array) != count:
            raise SpaceFormatError(
                f"{directory} is of a catalogue of {len(array):,} items, the rows are {count:,}; rebuild both"
            )


def _require_one_width(side: CatalogueSide, directory: Path) -> None:
    shapes = {f"{name}.ids": table.ids.shape for name, table in side.tables.items()}
    shapes |= {f"{name}.probabilities": table.probabilities.shape for name, table in side.tables.items()}
    if len(set(shapes.values())) > 1:
        raise SpaceFormatError(f"{directory} holds neighbour tables of several shapes, {shapes}; rebuild it")


def _side(directory: Path, facts: Any, *, rows: NDArray[np.float32]) -> CatalogueSide:
    tables = {
        name: NeighbourTable(
            _array(directory, f"{name}.ids"), _array(directory, f"{name}.probabilities"), float(facts["decay"][name])
        )
        for name in TABLES
    }
    items = ItemFacts(*(_array(directory, f"facts.{name}") for name in ("category", "brand", "log_price")))
    starts, carriers = _array(directory, "lexicon.starts"), _array(directory, "lexicon.items")
    lexicon = Lexicon(tuple(facts["vocabulary"]), starts, carriers, len(rows))
    tastes = _array(directory, "tastes")
    return CatalogueSide(rows=rows, tables=tables, tastes=tastes, facts=items, lexicon=lexicon)


def _curves(told: Any) -> NDArray[np.float32] | None:
    """``(BUCKETS, 2)`` float32; None where the snapshot was built without."""
    if told is None:
        return None
    curves = np.asarray(told, np.float32)
    if curves.shape != (BUCKETS, 2) or not np.isfinite(curves).all():
        raise ValueError(f"hit_curves of shape {curves.shape}, expected {(BUCKETS, 2)} finite numbers")
    return curves


def _array(directory: Path, name: str) -> NDArray[Any]:
    """The array ``name``, mapped. A plain view: a memory map costs more at every indexing."""
    mapped: NDArray[Any] = np.load(directory / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return np.asarray(mapped)
