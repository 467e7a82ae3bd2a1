"""One verified snapshot, open for reading: the paths, mapped vectors, tables and index of one directory.

It knows nothing of which snapshot is current, nor of models: `space/` and `text/` are paths to it.
"""

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from firstlight_store import layout
from firstlight_store.directory_lock import Hold
from firstlight_store.errors import FileMissing, FingerprintMismatch
from firstlight_store.faiss_index import FaissIndex
from firstlight_store.item_table import ItemTable
from firstlight_store.label_table import LabelTable
from firstlight_store.manifest import Manifest
from firstlight_store.safetensors_file import map_matrix, page_out
from firstlight_store.vector_index import VectorIndex
from firstlight_store.verification import require_in_place


class Snapshot:
    """A whole, verified snapshot. While it is open its directory is never collected.

    Arrays and indexes taken from it stay valid after `close`, since the operating system keeps mapped files.
    """

    def __init__(self, directory: Path, manifest: Manifest, hold: Hold) -> None:
        self._directory = directory
        self._hold = hold
        self.manifest = manifest

    @property
    def id(self) -> str:
        """The snapshot's id, as every reply carries it."""
        return self.manifest.snapshot_id

    def path(self, name: str) -> Path:
        """Return the path of a file, or of a directory such as `space`, that the manifest lists.

        Raises:
            FileMissing: the snapshot holds nothing of that name; `has` asks first.
        """
        if not self.has(name):
            raise FileMissing(f"snapshot {self.id} holds no {name!r}; it holds {', '.join(self.manifest.files)}")
        return self._directory / name

    def has(self, name: str) -> bool:
        """Whether the manifest lists the file, or any file in the directory, `name`."""
        return name in self.manifest.files or any(file.startswith(f"{name}/") for file in self.manifest.files)

    def items_vectors(self) -> NDArray[np.float32]:
        """Return the item rows [v ; log p], (n, d + 1) float32, mapped read-only."""
        return self._items_vectors

    def page_out_vectors(self) -> None:
        """Hand the item rows' pages back: searches touch few of those that checks and orders have read."""
        page_out(self._items_vectors)

    def label_vectors(self) -> NDArray[np.float32]:
        """Return the projected categories and brands, (m, d) float32 unit rows, mapped read-only."""
        return map_matrix(self.path(layout.LABELS_VECTORS))

    def items(self) -> ItemTable:
        """Map the item metadata, in row order; where there are no columns of it, read the table.

        Raises:
            ItemTableInvalid: it breaks its contract.
        """
        count = self.manifest.facts.item_count
        if not self.has(layout.LAST_COLUMN):
            return ItemTable.open(self.path(layout.ITEMS_TABLE), count=count)
        return ItemTable.map(self.path(layout.ITEMS_COLUMNS), count=count)

    def labels(self) -> LabelTable:
        """Read which category or brand each label vector stands for.

        Raises:
            ItemTableInvalid: it breaks its contract.
        """
        return LabelTable.open(self.path(layout.LABELS_TABLE), count=self.manifest.facts.label_count)

    def index(self) -> VectorIndex:
        """Map the vector index.

        Raises:
            LayoutMismatch: the file is not an index over these rows.
            FaissUnavailable: FAISS is not installed, or twice.
        """
        return FaissIndex.open(self.path(layout.INDEX), rows=self._items_vectors, facts=self.manifest.facts.index)

    def require_fingerprints(self, *, encoder: str | None = None, space: str | None = None) -> None:
        """Check that a loaded encoder or space is the one that the vectors stem from; None is not checked.

        Raises:
            FingerprintMismatch: it is another.
        """
        facts = self.manifest.facts
        pairs = (("encoder", encoder, facts.encoder_fingerprint), ("space", space, facts.space_fingerprint))
        for part, loaded, expected in pairs:
            if loaded is not None and loaded != expected:
                raise FingerprintMismatch(
                    f"snapshot {self.id} was built with {part} {expected!r} ({facts.dimension - 1}-d), this process "
                    f"loaded {loaded!r}; rebuild with `make index` or load the snapshot's own {part}"
                )

    def require_at(self, directory: Path) -> None:
        """Check that `directory` still is what was opened, with the same files by name and size; reads no content.

        Raises:
            SnapshotRefused: it is not, or it is gone.
        """
        if not self._hold.still_at(directory):
            raise FileMissing(f"{directory} is gone, or is not what was opened as {self.id}; restore or rebuild it")
        require_in_place(directory, self.manifest)

    def close(self) -> None:
        """Let the directory be collected; harmless when repeated."""
        self._hold.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def _items_vectors(self) -> NDArray[np.float32]:
        return map_matrix(self.path(layout.ITEMS_VECTORS))
