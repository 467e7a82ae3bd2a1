"""The report's nouns. They hold numbers that add up; they neither count nor draw."""

from dataclasses import dataclass

from firstlight_indexer.errors import LostRowsError


@dataclass(frozen=True, kw_only=True)
class Example:
    """One dropped row: its file, its 1-based row, what is wrong beyond the reason, and the values as JSON text."""

    file: str
    row: int
    fault: str | None
    values: str


@dataclass(frozen=True, kw_only=True)
class Drop:
    """The rows dropped for one reason; `share` is of the table's rows read, 0..1."""

    reason: str
    explanation: str
    count: int
    share: float
    examples: tuple[Example, ...]


@dataclass(frozen=True, kw_only=True)
class TableReport:
    """What became of one table's rows.

    Attributes:
        table: "catalogue" or "events".
        files: Names of the files read.
        rows_read: Rows in the files, unreadable ones too.
        rows_kept: Rows in the cleaned table.
        drops: By reason, commonest first.
        changes: Kept rows changed or flagged: what -> how many.
    """

    table: str
    files: tuple[str, ...]
    rows_read: int
    rows_kept: int
    drops: tuple[Drop, ...]
    changes: dict[str, int]

    def __post_init__(self) -> None:
        """Refuse numbers that do not add up: no row may vanish."""
        if self.rows_read != self.rows_kept + self.rows_dropped:
            raise LostRowsError(
                f"{self.table}: {self.rows_read} rows read, but {self.rows_kept} kept and {self.rows_dropped} dropped; "
                "this is a bug in the cleaning, please report it"
            )

    @property
    def rows_dropped(self) -> int:
        """Rows dropped, for whatever reason."""
        return sum(drop.count for drop in self.drops)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a distribution."""

    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """How something is spread over the cleaned domain; `unit` is what `count` counts."""

    title: str
    unit: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class CleaningReport:
    """The whole report on one domain.

    Attributes:
        domain: The domain's name.
        notice: What must be shown wherever these numbers are shown, or None.
        tables: The catalogue's report, then the events'.
        users: Users with a kept event.
        items_with_events: Kept items with a kept event.
        first_event: ISO 8601, or None.
        last_event: ISO 8601, or None.
        settings: The thresholds used.
        distributions: Of the cleaned domain.
    """

    domain: str
    notice: str | None
    tables: tuple[TableReport, ...]
    users: int
    items_with_events: int
    first_event: str | None
    last_event: str | None
    settings: dict[str, object]
    distributions: tuple[Distribution, ...]
