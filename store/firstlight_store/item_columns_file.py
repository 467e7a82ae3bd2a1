"""Items' columns on disk, as several processes can map them: one copy in memory for all.

They are made from items.parquet and stand beside it in a snapshot.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from firstlight_store.attribute_rows import AttributeRows
from firstlight_store.errors import ItemTableInvalid
from firstlight_store.id_rows import IdRows
from firstlight_store.item_columns import ItemColumns
from firstlight_store.text_column import TextColumn
from firstlight_store.text_rows import TextRows
from firstlight_store.title_words import TitleWords

_NAMES: Final = "names.json"
_TYPES: Final[dict[str, type[np.generic]]] = {
    "ids": np.uint8,
    "ids.ends": np.int64,
    "ids.checksums": np.uint32,
    "ids.rows": np.int32,
    "titles": np.uint8,
    "titles.ends": np.int64,
    "words": np.uint8,
    "words.ends": np.int64,
    "words.starts": np.int64,
    "words.rows": np.int32,
    "categories": np.int32,
    "brands": np.int32,
    "prices": np.float64,
    "available": np.bool_,
    "log_priors": np.float32,
    "attributes": np.uint8,
    "attributes.ends": np.int64,
    "attributes.starts": np.int64,
    "attributes.rows": np.int32,
}


def write_item_columns(columns: ItemColumns, folder: Path) -> None:
    """Writes one NumPy file a column into ``folder`` (made if missing), and the names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, column in _arrays(columns).items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(column, _TYPES[name]), allow_pickle=False)
    names = {"categories": columns.categories, "brands": columns.brands}
    (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")


def open_item_columns(folder: Path, *, count: int) -> ItemColumns:
    """Maps what `write_item_columns` wrote of ``count`` items, in a verified snapshot.

    Raises:
        ItemTableInvalid: a file is absent or of another type, the count differs, or the columns do not fit.
    """
    try:
        columns = _opened(folder)
        _require(columns, count)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ItemTableInvalid(f"{folder} holds no sound columns of items ({error}); rebuild the snapshot") from error
    return columns


def _opened(folder: Path) -> ItemColumns:
    column = {name: _mapped(folder / f"{name}.npy", kind) for name, kind in _TYPES.items()}
    names: Any = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
    ids = TextColumn(column["ids"], column["ids.ends"])
    return ItemColumns(
        ids=ids,
        id_rows=IdRows(ids, column["ids.checksums"], column["ids.rows"]),
        titles=TextColumn(column["titles"], column["titles.ends"]),
        title_words=TitleWords(_text_rows(column, "words")),
        category_codes=column["categories"],
        brand_codes=column["brands"],
        prices=column["prices"],
        available=column["available"],
        log_priors=column["log_priors"],
        categories=[tuple(path) for path in names["categories"]],
        brands=list(names["brands"]),
        attributes=AttributeRows(_text_rows(column, "attributes"), count=len(ids)),
    )


def _text_rows(column: dict[str, NDArray[Any]], name: str) -> TextRows:
    texts = TextColumn(column[name], column[f"{name}.ends"])
    try:
        return TextRows(texts, column[f"{name}.starts"], column[f"{name}.rows"])
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _require(columns: ItemColumns, count: int) -> None:
    arrays = _arrays(columns)
    lengths = {name: len(arrays[name]) for name in ("categories", "brands", "prices", "available", "log_priors")}
    lengths |= {"ids": len(columns.ids), "titles": len(columns.titles)}
    if wrong := {name: length for name, length in lengths.items() if length != count}:
        raise ValueError(f"{wrong}, the manifest says {count}")
    bounds = {
        "words.rows": count,
        "attributes.rows": count,
        "categories": len(columns.categories),
        "brands": len(columns.brands),
    }
    for name, bound in bounds.items():
        if len(arrays[name]) and not (arrays[name].min() >= 0 and arrays[name].max() < bound):
            raise ValueError(f"{name} up to {arrays[name].max()}, there are {bound}")


def _arrays(columns: ItemColumns) -> dict[str, NDArray[Any]]:
    """Every column under the name of its file."""
    rows, by_text = columns.id_rows, {"words": columns.title_words.words, "attributes": columns.attributes.pairs}
    texts = {"ids": columns.ids, "titles": columns.titles} | {name: one.texts for name, one in by_text.items()}
    arrays: dict[str, NDArray[Any]] = {name: text.block for name, text in texts.items()}
    arrays |= {f"{name}.ends": text.ends for name, text in texts.items()}
    arrays |= {"ids.checksums": rows.checksums, "ids.rows": rows.rows}
    arrays |= {f"{name}.starts": one.starts for name, one in by_text.items()}
    arrays |= {f"{name}.rows": one.rows for name, one in by_text.items()}
    arrays |= {"categories": columns.category_codes, "brands": columns.brand_codes, "prices": columns.prices}
    return arrays | {"available": columns.available, "log_priors": columns.log_priors}


def _mapped(path: Path, kind: type[np.generic]) -> NDArray[Any]:
    column = np.load(path, mmap_mode="r", allow_pickle=False)
    if column.ndim != 1 or column.dtype != kind:
        raise ValueError(f"{path.name} is {column.dtype} {column.shape}, not ({kind.__name__}, one line)")
    return np.asarray(column)  # a plain view: a memory map costs more at every indexing
