"""What can go wrong while serving. `status.py` alone decides which gRPC status each becomes.

    ServerError
    ├── SettingsError            a setting is unknown, malformed or contradictory; the program stops
    ├── InvalidRequestError      values in a request break the API's limits (all of them are listed)
    ├── UnknownTenantError       no such tenant
    ├── UnknownItemError         no such item in the snapshot that answers
    ├── UnknownSnapshotError     no such snapshot on disk
    ├── SnapshotNotReadyError    the tenant exists, but nothing is loaded for it yet
    ├── SnapshotRefusedError     a snapshot on disk is damaged or does not fit together; the old one stays
    ├── CatalogueFixedError      the snapshot that answers cannot take in items: it has no text encoder
    ├── CatalogueUnavailableError  changes of the catalogue cannot be stored or read now
    ├── TooManyChangesError      more of the catalogue was changed than may be laid over a snapshot
    ├── UnauthenticatedError     the call proves nobody: no token, or one that does not verify
    ├── ForbiddenError           the caller is known, but may not do this
    ├── ForbiddenTenantError     the caller is known, but the request names a tenant that is not theirs, or not at all
    ├── KeysUnavailableError     tokens cannot be checked, since the issuer was never reached
    ├── DeadlinePassedError      nobody waits for the answer any more, so it was not computed
    ├── EventsUnavailableError   the event log cannot be read or written now; nothing was acknowledged
    ├── EventsNotKeptError       this server keeps no events
    └── OverloadedError          there is no time or room for the call now, or its tenant's quota is spent

Knows nothing of gRPC.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class ServerError(Exception):
    """Base of every error raised by `firstlight_server`."""


class SettingsError(ServerError):
    """A setting is unknown or malformed; the message is one line for the operator."""


@dataclass(frozen=True)
class Violation:
    """One broken limit: the request's field, such as ``events[2].weight``, and what is wrong with it."""

    field: str
    description: str


class InvalidRequestError(ServerError):
    """At least one value in the request is malformed."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        first = self.violations[0]
        more = f" (and {len(self.violations) - 1:,} more)" if len(self.violations) > 1 else ""
        super().__init__(f"{first.field}: {first.description}{more}")


class UnknownTenantError(ServerError):
    """The request names a tenant that this server does not have."""


class UnknownItemError(ServerError):
    """The request names an item that the snapshot does not hold."""


class UnknownSnapshotError(ServerError):
    """The request names a snapshot that is not on disk."""


class SnapshotNotReadyError(ServerError):
    """The tenant has no loaded snapshot; trying again later may help."""


class SnapshotRefusedError(ServerError):
    """A snapshot was not accepted; the message says why. ``reason`` is a stable word for counters."""

    def __init__(self, message: str, *, reason: str) -> None:
        self.reason = reason
        super().__init__(message)


class CatalogueFixedError(ServerError):
    """The snapshot that answers carries no text encoder, so new items have no vectors."""


class CatalogueUnavailableError(ServerError):
    """The database of catalogue changes failed; nothing was acknowledged, and trying again later may help."""


class TooManyChangesError(ServerError):
    """The catalogue must be built anew before more of it is changed."""


class UnauthenticatedError(ServerError):
    """The call does not prove who makes it; the message says what is missing, and nothing of what was sent."""


class ForbiddenError(ServerError):
    """The caller's token does not permit this method."""


class ForbiddenTenantError(ServerError):
    """The caller's token does not name the request's tenant; one that does not exist is told alike."""


class KeysUnavailableError(ServerError):
    """No token can be checked yet; trying again later may help."""


class DeadlinePassedError(ServerError):
    """The caller's deadline passed before the work began."""


class EventsUnavailableError(ServerError):
    """The event log did not answer, or not in time; nothing was acknowledged, and trying again later may help."""


class EventsNotKeptError(ServerError):
    """The call is about users' events, and this server has no event log."""


class OverloadedError(ServerError):
    """The call was refused before any work was done.

    ``reason`` is a stable word for counters; ``retry_after_s`` says when to come back, in seconds.
    """

    def __init__(self, message: str, *, reason: str, retry_after_s: float) -> None:
        self.reason = reason
        self.retry_after_s = retry_after_s
        super().__init__(message)
