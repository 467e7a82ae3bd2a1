"""The losses of a run as they fell, for a CSV file. Knows nothing of how they came about."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from firstlight_encoder.training.atomic_file import replace_file


class LossLog:
    """One row for every look at the validation loss."""

    def __init__(self, path: Path | None = None) -> None:
        """Writes into ``path``, or nowhere."""
        self._path = path
        self.rows: list[dict[str, float]] = []

    def add(self, row: Mapping[str, float]) -> None:
        """Appends ``row``, whose keys are those of the rows before it, and writes the file anew."""
        self.restore([*self.rows, dict(row)])

    def restore(self, rows: list[dict[str, float]]) -> None:
        """Takes up the ``rows`` of a run that was broken off; what it wrote after them is forgotten."""
        self.rows = rows
        if self._path is not None and rows:
            text = io.StringIO()
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            replace_file(self._path, text.getvalue().encode())
