"""What may leave a call by its log line or its error message: no tokens, no words of users, no paths, no stack traces.

Knows nothing of where lines and messages go.
"""

import re
import traceback
from collections.abc import MutableMapping
from typing import Any

from firstlight_server import errors

_TOKEN = re.compile(r"(?i)\bbearer\s+[^\s\"']+|\beyJ[\w-]{5,}(?:\.[\w-]*)*")
_DIRECTORIES = re.compile(r"(?<![\w.:/~-])/(?:[^\s/'\"(),;:]+/)+")
_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SHOWN_FIELDS = 5

_REPEATING: dict[type[Exception], str] = {
    errors.UnknownTenantError: "unknown tenant",
    errors.ForbiddenTenantError: "a tenant that the token does not name",
    errors.UnknownItemError: "unknown item",
    errors.UnknownSnapshotError: "unknown snapshot",
}
"""Errors whose messages repeat what the caller sent, and what the log says instead."""


def message_for_caller(error: Exception) -> str:
    """The error's message on one line, files named without their directories."""
    return _DIRECTORIES.sub("", " ".join(str(error).split()))


def reason_for_log(error: Exception) -> str | None:
    """Why a call failed, without a word that the caller sent: of malformed values only the fields are named."""
    if isinstance(error, errors.InvalidRequestError):
        fields = [violation.field for violation in error.violations]
        return f"malformed: {', '.join(fields[:_SHOWN_FIELDS])}{' ...' if len(fields) > _SHOWN_FIELDS else ''}"
    if type(error) in _REPEATING:
        return _REPEATING[type(error)]
    return str(error) if isinstance(error, errors.ServerError) else None


def tenant_for_log(name: str) -> str:
    """The tenant's name; what cannot be one is not repeated."""
    return name if not name or _TENANT.fullmatch(name) else "(no tenant's name)"


def trace_for_log(error: BaseException) -> str:
    """Where an error was raised, and its causes; their messages, which may quote a request, are left out."""
    parts = [f"Traceback (most recent call last):\n{''.join(traceback.format_tb(error.__traceback__))}"]
    parts.append(f"{type(error).__module__}.{type(error).__qualname__}")
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{trace_for_log(cause)}\nwhich led to\n{''.join(parts)}" if cause is not None else "".join(parts)


def without_tokens(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last guard, for structlog: whatever looks like a token is struck out of every text of a line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _TOKEN.sub("(token)", value)
    return event
