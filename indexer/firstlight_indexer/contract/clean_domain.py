"""Where a cleaned domain lies on disk. It does not know how it came to be clean."""

from dataclasses import dataclass
from pathlib import Path

from firstlight_indexer.contract.meaning import CategoryMeaning, TimeMeaning


@dataclass(frozen=True, kw_only=True)
class CleanDomain:
    """The files of one cleaned domain.

    Attributes:
        name: The domain's name.
        notice: What must be shown wherever the domain's numbers are shown, or None.
        directory: The folder that holds the files.
        categories: Whether an item's categories are a path or tags.
        times: Whether times are a clock's or carry order only.
        settled_changes: Sequences of changes made online that the shop's own catalogue says as well.
    """

    name: str
    notice: str | None
    directory: Path
    categories: CategoryMeaning = "path"
    times: TimeMeaning = "clock"
    settled_changes: tuple[int, ...] = ()

    @property
    def items(self) -> Path:
        """`items.parquet`, of `ITEMS_SCHEMA`, sorted by item_id."""
        return self.directory / "items.parquet"

    @property
    def events(self) -> Path:
        """`events.parquet`, of `EVENTS_SCHEMA`, sorted by user, time and original order."""
        return self.directory / "events.parquet"

    @property
    def quarantine(self) -> Path:
        """`quarantine.parquet`: every dropped row with its table, file, row, reason and values."""
        return self.directory / "quarantine.parquet"

    @property
    def report_json(self) -> Path:
        """`report.json`: what was dropped and why, for machines."""
        return self.directory / "report.json"

    @property
    def report_html(self) -> Path:
        """`report.html`: the same for people; one self-contained page."""
        return self.directory / "report.html"
