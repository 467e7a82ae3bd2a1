"""An interest profile as lines of text, with bars for weights. It does not know where they are printed."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from firstlight._cli.table import Column, Row, render
from firstlight._profile import Drift, InterestChange, InterestProfile, ProfiledInterest

BAR_CELLS = 20
_MARKS = " ▏▎▍▌▋▊▉█"
_COLUMNS = (Column("", max_width=60), Column("", right=True), Column(""))


def profile_lines(profile: InterestProfile) -> Iterator[str]:
    """Return what a profile says, part by part; parts of which nothing is known are left out."""
    yield f"{profile.event_count:,} events"
    step = profile.next
    yield from _part("long term", _bars(profile.long_term))
    yield from _part("short term", _bars(profile.short_term))
    groups = [(each.name or "(no category)", each.weight, ", ".join(each.item_ids)) for each in profile.clusters]
    yield from _part("clusters", [Row((name, _percent(weight), items)) for name, weight, items in groups])
    yield ""
    yield _drift(profile.drift)
    yield from _table([_change(each) for each in profile.drift.changes])
    yield from _part("trajectory", [Row((_when(each.at), "", _path(each.interests))) for each in profile.trajectory])
    yield from _part("next category", _bars(step.categories))
    yield from _part("next brand", _bars(step.brands))
    yield from _part("next event", [_bar(str(each.type), each.probability) for each in step.event_types])


def bar(share: float) -> str:
    """Return a bar as long as `share`, in 0..1, of `BAR_CELLS` terminal cells, in eighths of a cell."""
    eighths = round(min(max(share, 0.0), 1.0) * BAR_CELLS * 8)
    return ("█" * (eighths // 8) + _MARKS[eighths % 8]).rstrip()


def _part(title: str, rows: list[Row]) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        yield from _table(rows)


def _table(rows: list[Row]) -> Iterator[str]:
    if rows:
        yield from (f"  {line}".rstrip() for line in render(_COLUMNS, rows)[1:])


def _bars(interests: Iterable[ProfiledInterest]) -> list[Row]:
    return [_bar(each.name, each.weight) for each in interests]


def _bar(name: str, share: float) -> Row:
    return Row((name, _percent(share), bar(share)))


def _drift(drift: Drift) -> str:
    if not drift.score:
        return "no shift of interest"
    further = f"the latest events are further from those before than at {_percent(drift.score)} of users"
    if not drift.detected:
        return f"no shift of interest; {further}"
    noticed = "" if drift.detected_at is None else f", noticed {_when(drift.detected_at)}"
    events = "event" if drift.events_since == 1 else "events"
    return f"interests shifted {drift.events_since:,} {events} ago{noticed}; {further}"


def _change(change: InterestChange) -> Row:
    told = f"{_percent(change.weight_before)} → {_percent(change.interest.weight)}"
    return Row((change.interest.name, str(change.change), told))


def _path(interests: Iterable[ProfiledInterest]) -> str:
    return ", ".join(f"{each.name} {_percent(each.weight)}" for each in interests)


def _when(at: datetime | None) -> str:
    return "(no time)" if at is None else f"{at:%Y-%m-%d %H:%M}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
