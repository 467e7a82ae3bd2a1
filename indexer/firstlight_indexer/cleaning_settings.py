"""The `[cleaning]` table of firstlight.toml: every threshold and its default, written once. It drops nothing itself."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _moment(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _pattern(value: str) -> str:
    try:
        pl.Series([""]).str.contains(value)
    except pl.exceptions.ComputeError as error:
        raise ValueError(f"not a regular expression of the Rust dialect (no look-around): {error}") from error
    return value


Moment = Annotated[datetime, AfterValidator(_moment)]
Pattern = Annotated[str, AfterValidator(_pattern)]

NOT_FOR_SALE_TITLES = (
    r"(?i)^(test|test (item|product|article)|dummy( item| product)?|sample do not sell|do not (use|buy|sell))$",
    r"(?i)^(postage|shipping|delivery|carriage|next day carriage|(shipping|delivery) (fee|cost|charge)s?)$",
    r"(?i)^(manual|adjust(ment)?|adjust bad debt|bank charges?|discount|commission|voucher|gift card|gift wrap fee)$",
)
"""Whole titles (never parts of one) that name a charge or a test and not a thing."""


class CleaningSettings(BaseModel):
    """What is dropped and where the limits lie."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    earliest: Moment = datetime(1990, 1, 1, tzinfo=UTC)
    """Events before this moment are impossible."""
    latest: Moment | None = None
    """Events after this moment are impossible; absent: one day after the clock of the machine that cleans."""

    max_actions_per_hour: int = Field(default=300, gt=0)
    """A user with more actions in one hour may be a bot. A basket bought at once is one action, whatever its size."""
    max_actions_per_day: int = Field(default=2_000, gt=0)
    """A user with more actions in one UTC day may be a bot."""
    bot_distance: float = Field(default=5.0, gt=0)
    """...and is one only if also this many robust standard deviations (of log activity) above the median user."""

    max_price: float = Field(default=1_000_000.0, gt=0)
    """Prices above are taken for garbage: the price is cleared, the item stays."""
    drop_free_items: bool = True
    """Items whose price is given and not above zero cannot be bought."""
    not_for_sale_ids: tuple[Pattern, ...] = ()
    """Regular expressions; an item whose id matches one is a charge, a test or an adjustment."""
    not_for_sale_titles: tuple[Pattern, ...] = NOT_FOR_SALE_TITLES
    """The same for titles."""

    examples: int = Field(default=5, ge=1, le=100)
    """Examples kept for each reason in the report."""
    rows_in_memory: int = Field(default=4_000_000, ge=1)
    """Events sorted at once; a longer log is sorted in parts, on disk."""

    def last_possible(self) -> datetime:
        """Return the latest moment an event can have, read from the clock when it is not configured."""
        return self.latest if self.latest is not None else datetime.now(UTC) + timedelta(days=1)
