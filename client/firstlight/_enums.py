"""The words of the API as `StrEnum`s: each equals its lower-case string.

They do not know their numbers on the wire; `_convert` does.
"""

from enum import StrEnum


class EventType(StrEnum):
    """What a user did with an item."""

    VIEW = "view"
    CART = "cart"
    PURCHASE = "purchase"
    FAVORITE = "favorite"
    REMOVE_FROM_CART = "remove_from_cart"
    DISLIKE = "dislike"
    RATING = "rating"


class Interest(StrEnum):
    """What a `Declaration` speaks about."""

    CATEGORY = "category"
    BRAND = "brand"
    TEXT = "text"


class Source(StrEnum):
    """Where a recommendation came from."""

    UNKNOWN = "unknown"
    """Not told, or a source that this version of the SDK does not know."""
    MODEL = "model"
    """The user's events, encoded by the user tower."""
    PRIOR = "prior"
    """The prior alone: what newcomers buy, since nothing is known of this one."""
    DECLARED = "declared"
    """The declared interests."""
    FALLBACK = "fallback"
    """The prior, because what was given could not be used (see the warnings)."""


class ReasonKind(StrEnum):
    """What a `Reason` refers to."""

    UNKNOWN = "unknown"
    """Not told, or a kind that this version of the SDK does not know."""
    EVENT = "event"
    """One of the request's events."""
    DECLARATION = "declaration"
    """One of the request's declarations."""
    PRIOR = "prior"
    """How popular the item is."""
    STORED_EVENT = "stored_event"
    """One of the user's stored events."""
    RULE = "rule"
    """A rule of the request's re-ranking, or exploration, that moved the item."""
    OTHERS = "others"
    """All events and declarations that are not told apart, where there are more than are listed."""


class WarningCode(StrEnum):
    """What a `RequestWarning` is about."""

    UNKNOWN = "unknown"
    """Not told, or a code that this version of the SDK does not know."""
    UNKNOWN_ITEM = "unknown_item"
    """An event's item is not in the snapshot and carried no text."""
    FILTER_TOO_NARROW = "filter_too_narrow"
    """Fewer than `page_size` items pass the filter and the exclusions."""
    HISTORY_TRUNCATED = "history_truncated"
    """More events than the tower reads; the oldest were left out."""
    DUPLICATE_EVENT = "duplicate_event"
    """The same event was sent more than once; it counted once."""
    CONTRADICTION = "contradiction"
    """Something is both wanted and not wanted; both were used."""
    UNKNOWN_FILTER_VALUE = "unknown_filter_value"
    """A value in the filter that no item of the snapshot has."""
    FUTURE_TIMESTAMP = "future_timestamp"
    """A time later than now was read as now."""
    TEXT_IGNORED = "text_ignored"
    """Text could not be encoded (the snapshot carries no text encoder); what needed it was ignored."""
    DEGRADED = "degraded"
    """The service was short of time: a simpler answer than usual; `Recommendation.rung` says which."""
    HISTORY_UNAVAILABLE = "history_unavailable"
    """The user's stored events could not be read in time; the answer knows only what the request holds."""
    IMPRESSION_NOT_RECORDED = "impression_not_recorded"
    """What was shown could not be remembered; feedback on it will not be attributed."""
    PIN_IGNORED = "pin_ignored"
    """A pin names an item that is unknown, not admitted or pinned twice, or a place beyond the page."""
    CAP_TOO_NARROW = "cap_too_narrow"
    """A cap leaves fewer items than `page_size`."""
    UNKNOWN_REQUEST = "unknown_request"
    """An event names an answer that was not remembered; it was stored, and counts for no policy."""


class Rung(StrEnum):
    """What an answer was made with, from the full one down."""

    UNKNOWN = "unknown"
    """Not told, or a rung that this version of the SDK does not know."""
    FULL = "full"
    """Everything."""
    FIRST_STAGE = "first_stage"
    """The first stage alone: no second stage ranked its shortlist."""
    STORED_VECTOR = "stored_vector"
    """The user's vector as it was last stored."""
    KNOWN_VECTORS = "known_vectors"
    """Known items, declared names and texts heard before: no text was encoded, and the first stage alone ranked."""
    PRIOR = "prior"
    """What newcomers take, whatever is known of this one."""


class Change(StrEnum):
    """How an interest changes."""

    RISING = "rising"
    """It grows."""
    FALLING = "falling"
    """It fades."""
    NEW = "new"
    """It was not there before: a domain that the user enters."""
    UNKNOWN = "unknown"
    """A change that this version of the client does not know."""
