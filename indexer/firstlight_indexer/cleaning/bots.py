"""Finds users who act like programs: more in an hour or a day than a person can, and far more than the others do.

Both must hold. The first alone would drop a wholesaler's big day in a shop of wholesalers; the second alone a keen
customer in a quiet shop. A basket bought at once is one action, so that long invoices do not look like haste.

The distance is the modified z-score of log(1 + peak): (x - median) / (1.4826 * MAD), after Iglewicz and Hoaglin (1993);
median and MAD do not move when up to half of the users are bots.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning.dropped_rows import REASON
from firstlight_indexer.cleaning_settings import CleaningSettings

_MAD_TO_SIGMA = 1.4826
_LEAST_SIGMA = 0.25
"""Where nearly all users are alike the MAD is zero; a bot must then still have e^(0.25 * distance) times as much."""


NO_BOTS = pl.DataFrame(schema={"user_id": pl.String, "fault": pl.String})
"""What is known where times carry order only: haste needs a clock."""


def find_bots(parts: Sequence[Path], settings: CleaningSettings) -> pl.DataFrame:
    """Return the bot-like users of the sorted `parts`: user_id, fault (what they did, for people)."""
    peaks = pl.concat([_peaks(part) for part in parts])
    too_much = pl.lit(value=False)
    for unit, limit in (("hour", settings.max_actions_per_hour), ("day", settings.max_actions_per_day)):
        far = _distance(peaks[f"per_{unit}"]) > settings.bot_distance
        too_much |= (pl.col(f"per_{unit}") > limit) & far
    fault = pl.format("{} actions in one hour, {} in one day", "per_hour", "per_day").alias("fault")
    return peaks.filter(too_much).select("user_id", fault).sort("user_id")


def _peaks(part: Path) -> pl.DataFrame:
    """Return user_id, per_hour, per_day: the most actions of each user in one UTC hour and in one UTC day."""
    rows = (
        pl.scan_parquet(part)
        .filter(pl.col(REASON).is_null())
        .select("user_id", "event_type", "timestamp", "session_id")
    )
    purchases = pl.col("event_type") == "purchase"
    # The lines of one basket at one moment count once.
    baskets = rows.filter(purchases).unique(["user_id", "session_id", "timestamp"])
    actions = pl.concat([rows.filter(~purchases), baskets]).select("user_id", "timestamp")
    hours = actions.group_by("user_id", pl.col("timestamp").dt.truncate("1h").alias("hour")).agg(
        pl.len().alias("actions")
    )
    days = hours.group_by("user_id", pl.col("hour").dt.truncate("1d").alias("day")).agg(
        pl.col("actions").max().alias("per_hour"), pl.col("actions").sum().alias("per_day")
    )
    return days.group_by("user_id").agg(pl.col("per_hour", "per_day").max()).collect(engine="streaming").sort("user_id")


def _distance(peak: pl.Series) -> pl.Series:
    """Return (users,) float64: robust standard deviations of log activity above the median user."""
    activity = peak.cast(pl.Float64).log1p()
    middle = _median(activity)
    spread = _median((activity - middle).abs())
    return (activity - middle) / max(_MAD_TO_SIGMA * spread, _LEAST_SIGMA)


def _median(values: pl.Series) -> float:
    median = values.median()
    return float(median) if isinstance(median, float) else math.nan
