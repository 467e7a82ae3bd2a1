"""Everything the indexer can refuse, as one tree.

    IndexerError
    ├── DomainFileError      firstlight.toml: unknown key, bad value, missing table
    ├── DataError            the shop's data
    │   ├── SourceFileError  a file is not what it claims to be; names file, row, column and way out
    │   ├── NothingLeftError cleaning left no item or no event
    │   ├── FeedbackError    logged feedback from which nothing can be estimated
    │   └── LostRowsError    rows read are not rows kept and dropped: a bug of ours, never of the data
    ├── CompressionRefused   a compressed build loses more than it may
    ├── SegmentsError        users cannot be segmented, or the segments of the run before not be read
    ├── KeyFileError         a key pair cannot be written where it should be
    └── AdapterError         a public data set is not installed, or not where it was said to be

Messages carry the value at fault and what to do about it. Bad *rows* are never errors: cleaning counts and
quarantines them.
"""

from pathlib import Path


class IndexerError(Exception):
    """Root of every error the indexer raises on purpose."""


class DomainFileError(IndexerError):
    """`firstlight.toml` cannot be used; the message names file, table, key, value and what is allowed."""


class DataError(IndexerError):
    """The shop's data cannot be used."""


class SourceFileError(DataError):
    """A file is not what it claims to be.

    Attributes:
        file: The file at fault.
        row: Its 1-based line or row, where it is known.
        column: The column at fault, where there is one.
    """

    def __init__(
        self, file: Path, problem: str, *, way_out: str, row: int | None = None, column: str | None = None
    ) -> None:
        place = str(file)
        if row is not None:
            place += f", row {row}"
        if column is not None:
            place += f", column {column!r}"
        super().__init__(f"{place}: {problem}. {way_out}.")
        self.file = file
        self.row = row
        self.column = column


class NothingLeftError(DataError):
    """Cleaning dropped every item or every event; the message lists the commonest reasons with an example."""


class FeedbackError(DataError):
    """Logged feedback that nothing can be estimated from; the message names the column, the row and the value."""


class LostRowsError(DataError):
    """The counts of cleaning do not add up."""


class AdapterError(IndexerError):
    """A public data set cannot be adapted."""


class SegmentsError(IndexerError):
    """Users cannot be segmented as asked, or the segments that were there cannot be read."""


class KeyFileError(IndexerError):
    """A key pair cannot be written there; what lies there is never overwritten."""


class CompressionRefused(IndexerError):  # noqa: N818 - says what happened
    """A compressed build ranks so much worse than the full one that it is not published; the message has both."""
