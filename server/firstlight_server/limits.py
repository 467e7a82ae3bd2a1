"""The limits that the API's contract promises, each written once. Knows nothing of how they are checked."""

from datetime import UTC, datetime

MAX_EVENTS = 1_000
MAX_DECLARATIONS = 100
MAX_BATCH_REQUESTS = 256
MAX_EXCLUDED_ITEMS = 10_000
MAX_PAGE_SIZE = 1_000
DEFAULT_PAGE_SIZE = 10
MAX_TEXT_CHARACTERS = 1_000
MAX_REQUEST_ID_CHARACTERS = 128
MAX_USER_ID_CHARACTERS = 128
MAX_EVENT_ID_CHARACTERS = 128
MAX_RECORDED_EVENTS = 1_000
MAX_EVENT_AHEAD_S = 86_400.0
"""By how much the time of a recorded event may be later than the service's clock, in seconds: a day."""
MAX_EXPORT_PAGE_SIZE = 1_000
DEFAULT_EXPORT_PAGE_SIZE = 100
MAX_LANGUAGE_CHARACTERS = 35
"""What BCP 47 recommends to hold at least."""
MAX_RULES = 100
"""Boosts, pins or blocks of one request."""
MAX_ABSOLUTE_BOOST = 10.0
MIN_CANARY_SHARE = 0.000001
MAX_ABSOLUTE_WEIGHT = 100.0
FIRST_TIME_S = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
"""The earliest event time accepted, seconds since 1970."""
END_TIME_S = datetime(2101, 1, 1, tzinfo=UTC).timestamp()
"""Just after the latest event time accepted: the year 2100 is in."""
DEFAULT_TENANT = "default"
KEPT_ITEMS = 16_384
"""How many items are kept as answers show them; what is answered again and again is read and written once."""
MAX_CHANGED_ITEMS = 1_000
MAX_ITEM_ID_CHARACTERS = 128
MAX_DESCRIPTION_CHARACTERS = 10_000
MAX_CATEGORY_LEVELS = 10
MAX_ATTRIBUTES = 100
MAX_TAGS = 100
