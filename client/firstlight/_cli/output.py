"""What the command line prints: tables for people, JSON for machines, one line for an error.

It does not call anything.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TextIO

from firstlight._catalogue_item import DeletedItems, TaggedItems, UpsertedItems
from firstlight._cli.profile_lines import profile_lines
from firstlight._cli.table import Column, Row, one_line, render
from firstlight._enums import ReasonKind
from firstlight._feedback import Recorded, UserCounts, UserExport
from firstlight._impression import Impression
from firstlight._profile import InterestProfile
from firstlight._recommendation import Reason, Recommendation, RecommendedItem, RequestWarning
from firstlight._snapshot import Activation, Snapshot
from firstlight._user_event import UserEvent

_ITEM_COLUMNS = (
    Column("#", right=True),
    Column("ITEM"),
    Column("TITLE"),
    Column("SCORE", right=True),
    Column("SOURCE"),
    Column("EXPLORED", right=True),
    Column("CATEGORY", max_width=40),
    Column("BRAND", max_width=20),
    Column("PRICE", right=True),
)
_SNAPSHOT_COLUMNS = (
    Column(""),
    Column("SNAPSHOT"),
    Column("CREATED"),
    Column("ITEMS", right=True),
    Column("WIDTH", right=True),
    Column("INDEX"),
    Column("RECALL@10", right=True),
    Column("DOMAIN"),
)

_EVENT_COLUMNS = (
    Column("DONE"),
    Column("TYPE"),
    Column("ITEM"),
    Column("WEIGHT", right=True),
    Column("EVENT"),
    Column("ANSWER", max_width=40),
)
_IMPRESSION_COLUMNS = (
    Column("SHOWN"),
    Column("ANSWER", max_width=40),
    Column("SNAPSHOT"),
    Column("POLICY"),
    Column("ITEMS", max_width=60),
)
_TAG_COLUMNS = (Column("ITEM"), Column("TAG"), Column("CONFIDENCE", right=True))


class Output:
    """Where a command's answer goes."""

    def __init__(self, *, as_json: bool, environ: Mapping[str, str]) -> None:
        self._as_json = as_json
        self._environ = environ

    def recommendation(self, answer: Recommendation) -> None:
        """Print the items, and the warnings beside them on standard error."""
        if self._as_json:
            self._json(asdict(answer))
            return
        for warning in answer.warnings:
            self._warning(warning)
        if answer.items:
            self._table(_ITEM_COLUMNS, [_item_row(place, item) for place, item in enumerate(answer.items, 1)])
        else:
            _write(sys.stdout, "no items")
        sure = "" if answer.confidence is None else f", confidence {answer.confidence:.2f}"
        arm = f", arm {answer.arm} ({answer.policy})" if answer.arm else ""
        self._faint(f"snapshot {answer.snapshot_id}, request {answer.request_id}{sure}{arm}")

    def snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        """Print snapshots as a table; the one that answers is marked, and the canary by its share."""
        if self._as_json:
            self._json([asdict(each) for each in snapshots])
            return
        self._table(_SNAPSHOT_COLUMNS, [_snapshot_row(each) for each in snapshots])

    def snapshot(self, snapshot: Snapshot) -> None:
        """Print everything about one snapshot."""
        if self._as_json:
            self._json(asdict(snapshot))
            return
        facts = {name.replace("_", " "): _shown(value) for name, value in asdict(snapshot).items()}
        longest = max(map(len, facts))
        for name, value in facts.items():
            _write(sys.stdout, f"{name:<{longest}}  {one_line(value)}".rstrip())

    def activation(self, done: Activation) -> None:
        """Print which snapshot answers now, and which did."""
        if self._as_json:
            self._json(asdict(done))
            return
        before = f", {done.previous_snapshot_id} before" if done.previous_snapshot_id else ""
        _write(sys.stdout, f"{done.snapshot.id} answers now{before}")

    def canary(self, canary: Snapshot | None) -> None:
        """Print what answers a share of users now, if anything does."""
        if self._as_json:
            self._json(None if canary is None else asdict(canary))
            return
        told = "no canary" if canary is None else f"{canary.id} answers {_percent(canary.canary_share)} of users"
        _write(sys.stdout, told)

    def recorded(self, done: Recorded) -> None:
        """Print how many events were stored, and the warnings beside them on standard error."""
        if self._as_json:
            self._json(asdict(done))
            return
        for warning in done.warnings:
            self._warning(warning)
        _write(sys.stdout, f"{done.recorded_count:,} stored, {done.known_count:,} known before")

    def export(self, export: UserExport) -> None:
        """Print what is stored of a user: events, then what was shown."""
        if self._as_json:
            self._json(asdict(export))
            return
        if export.events:
            self._table(_EVENT_COLUMNS, [_event_row(each.event) for each in export.events])
        if export.impressions:
            self._table(_IMPRESSION_COLUMNS, [_impression_row(each) for each in export.impressions])
        if not export.events and not export.impressions:
            _write(sys.stdout, "nothing is stored")

    def profile(self, profile: InterestProfile) -> None:
        """Print what a user is interested in, and the warnings beside it on standard error."""
        if self._as_json:
            self._json(asdict(profile))
            return
        for warning in profile.warnings:
            self._warning(warning)
        _write_lines(map(one_line, profile_lines(profile)))
        self._faint(f"snapshot {profile.snapshot_id}, request {profile.request_id}")

    def counts(self, counts: UserCounts, *, what: str) -> None:
        """Print how much of a user was deleted or given away."""
        if self._as_json:
            self._json(asdict(counts))
            return
        _write(sys.stdout, one_line(f"{counts.event_count:,} events and {counts.impression_count:,} answers {what}"))

    def upserted(self, done: UpsertedItems) -> None:
        """Print how many items were added and replaced."""
        if self._as_json:
            self._json(asdict(done))
            return
        _write(sys.stdout, f"{done.added_count:,} items added, {done.replaced_count:,} replaced")

    def deleted(self, done: DeletedItems) -> None:
        """Print how many items were removed, and the ids that were unknown on standard error."""
        if self._as_json:
            self._json(asdict(done))
            return
        for warning in done.warnings:
            self._warning(warning)
        _write(sys.stdout, f"{done.deleted_count:,} items removed")

    def tagged(self, found: TaggedItems) -> None:
        """Print the tags of each item."""
        if self._as_json:
            self._json(asdict(found))
            return
        for warning in found.warnings:
            self._warning(warning)
        rows = [Row((item.item_id, tag.name, f"{tag.confidence:.2f}"), ()) for item in found for tag in item.tags]
        if rows:
            self._table(_TAG_COLUMNS, rows)
        else:
            _write(sys.stdout, "no tag fits")

    def health(self, target: str, *, serving: bool) -> None:
        """Print whether the service is serving."""
        if self._as_json:
            self._json({"target": target, "serving": serving})
            return
        _write(sys.stdout, f"{target} is {'serving' if serving else 'not serving, or out of reach'}")

    def error(self, message: str) -> None:
        """Print one line on standard error."""
        _write(sys.stderr, f"{self._styled('1;31', 'firstlight:', sys.stderr)} {one_line(message)}")

    def _json(self, document: object) -> None:
        _write(sys.stdout, json.dumps(document, indent=2, ensure_ascii=False, default=_json_value))

    def _table(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        head, *body = render(columns, rows)
        _write(sys.stdout, self._styled("1", head, sys.stdout))
        _write_lines(body)

    def _faint(self, text: str) -> None:
        _write(sys.stdout, self._styled("2", one_line(text), sys.stdout))

    def _warning(self, warning: RequestWarning) -> None:
        place = f" {warning.field}:" if warning.field else ""
        label = self._styled("33", f"warning: {warning.code}:", sys.stderr)
        _write(sys.stderr, f"{label}{one_line(place)} {one_line(warning.message)}")

    def _styled(self, style: str, text: str, stream: TextIO) -> str:
        plain = not stream.isatty() or self._environ.get("NO_COLOR") or self._environ.get("TERM") == "dumb"
        return text if plain else f"\x1b[{style}m{text}\x1b[0m"


def _item_row(place: int, item: RecommendedItem) -> Row:
    price = "" if item.price is None else f"{item.price:,.2f}"
    path = " > ".join(item.category)
    chance = f"{item.propensity:.4f}" if item.explored else ""
    ranked = (str(place), item.item_id, item.title, f"{item.score:.4f}", str(item.source), chance)
    return Row((*ranked, path, item.brand, price), tuple(_because(reason) for reason in item.reasons))


def _because(reason: Reason) -> str:
    place = f" {reason.index + 1}" if reason.kind in {ReasonKind.EVENT, ReasonKind.DECLARATION} else ""
    place = f" {reason.event_id}" if reason.event_id else place
    place = f" {reason.rule}" if reason.rule else place
    return f"{reason.share + 0.0:+.4f}  {reason.kind}{place}: {reason.text}"


def _event_row(told: UserEvent) -> Row:
    event = told.event
    weight = "" if event.weight is None else f"{event.weight:g}"
    what = event.item_id or event.text
    return Row((_moment(event.timestamp), str(event.type), what, weight, told.event_id, told.request_id))


def _impression_row(shown: Impression) -> Row:
    items = " ".join(item.item_id for item in shown.items)
    return Row((_moment(shown.shown_at), shown.request_id, shown.snapshot_id, shown.policy, items))


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def _snapshot_row(snapshot: Snapshot) -> Row:
    mark = "*" if snapshot.active else _percent(snapshot.canary_share) if snapshot.canary_share else ""
    created = "" if snapshot.created_at is None else f"{snapshot.created_at:%Y-%m-%d %H:%M}"
    recall = f"{snapshot.recall_at_10:.4f}"
    size = (f"{snapshot.item_count:,}", str(snapshot.dimension))
    return Row((mark, snapshot.id, created, *size, snapshot.index_type, recall, snapshot.domain))


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None | "":
            return "-"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S} UTC"
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _write_lines(lines: Iterable[str]) -> None:
    for line in lines:
        _write(sys.stdout, line)


def _write(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
