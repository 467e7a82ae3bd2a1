"""What firstlight.toml says about one table: its files and how their columns are named. It opens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ColumnMapping = Mapping[str, str | tuple[str, ...]]
"""Contract column -> the file's column, or several columns to be joined."""


@dataclass(frozen=True, kw_only=True)
class TableSource:
    """One table of a domain.

    Attributes:
        table: "catalogue" or "events".
        pattern: An absolute path, or a glob.
        columns: Contract columns named by the shop; those absent have the contract's name in the file.
        known: Every contract column of this table.
        required: The contract columns that a file must have.
        separator: One character between the fields of a CSV line.
        encoding: "utf-8", "latin-1" or "cp1252"; CSV and JSON Lines only.
        category_separator: What stands between the levels of a category path.
    """

    table: str
    pattern: Path
    known: tuple[str, ...]
    required: tuple[str, ...]
    columns: ColumnMapping = field(default_factory=dict[str, str | tuple[str, ...]])
    separator: str = ","
    encoding: str = "utf-8"
    category_separator: str = ">"

    def wanted(self) -> dict[str, tuple[str, ...]]:
        """Return contract column -> the file's columns it is made of, for every contract column."""
        named = {name: self.columns.get(name, name) for name in self.known}
        return {name: (column,) if isinstance(column, str) else column for name, column in named.items()}
