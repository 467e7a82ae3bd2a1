"""What can go wrong with a call, as exceptions.

    FirstlightError
    ├── ClientClosed            the client was used after close()
    └── CallFailed              the call had no answer; `failure` says what is known
        ├── InvalidRequest      a malformed value: `violations` names the fields
        ├── NotFound            an unknown tenant, item or snapshot
        ├── Unauthenticated     no token, or one that is not valid
        ├── PermissionDenied    the token is valid, but not for this
        ├── FailedPrecondition  the service refused, and said why (a snapshot that does not verify)
        ├── Overloaded          the service sheds load: `retry_after_s` where it told
        ├── DeadlineExceeded    no answer within the deadline, all attempts counted
        ├── Unavailable         no server could be reached, or it has nothing to answer with yet
        ├── Cancelled           the call was given up, on this side or the other
        └── ServerError         everything else: a fault of the service

A wrong type or an impossible value in the caller's own code is a plain `TypeError` or `ValueError`, before anything is
sent.
This module does not know how a failure is read off the wire; `_failure` does.
"""
# ruff: noqa: N818  # named for what happened, as the callers' `except` clauses read

from dataclasses import dataclass

import grpc


@dataclass(frozen=True, slots=True)
class Violation:
    """One malformed value of a request.

    Attributes:
        field: The field, such as "events[2].weight".
        description: What is wrong with it, and what would be right.

    """

    field: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """All that is known of a failed call.

    Attributes:
        code: The gRPC status.
        message: What the service (or the channel) said.
        method: The RPC's name, such as "Recommend".
        request_id: The call's id, for the logs of both sides.
        violations: The malformed values, where the service named them.
        retry_after_s: When to try again, in seconds from the reply, where the service told.

    """

    code: grpc.StatusCode
    message: str
    method: str = ""
    request_id: str = ""
    violations: tuple[Violation, ...] = ()
    retry_after_s: float | None = None

    def __str__(self) -> str:
        unsaid = [each for each in self.violations if each.description not in self.message]
        details = "".join(f"; {each.field}: {each.description}" for each in unsaid)
        call = f" [request {self.request_id}]" if self.request_id else ""
        return f"{self.method or 'call'}: {self.code.name}: {self.message}{details}{call}"


class FirstlightError(Exception):
    """The root of everything that this package raises of its own."""


class ClientClosed(FirstlightError):
    """The client was used after `close()`."""


class CallFailed(FirstlightError):
    """A call had no answer.

    Attributes:
        failure: All that is known of it.

    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure

    @property
    def code(self) -> grpc.StatusCode:
        """The gRPC status."""
        return self.failure.code

    @property
    def request_id(self) -> str:
        """The call's id, for the logs of both sides."""
        return self.failure.request_id


class InvalidRequest(CallFailed):
    """The service found a malformed value."""

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The malformed values, where the service named them."""
        return self.failure.violations


class NotFound(CallFailed):
    """The tenant, item or snapshot is unknown; the message says which."""


class Unauthenticated(CallFailed):
    """There was no token, or one that is not valid."""


class PermissionDenied(CallFailed):
    """The token is valid, but not for this."""


class FailedPrecondition(CallFailed):
    """The service refused, such as a snapshot that does not verify; the message says why."""


class Overloaded(CallFailed):
    """The service sheds load, or a quota is spent."""

    @property
    def retry_after_s(self) -> float | None:
        """When to try again, in seconds from the reply; None where the service did not tell."""
        return self.failure.retry_after_s


class DeadlineExceeded(CallFailed):
    """There was no answer within the deadline, all attempts counted."""


class Unavailable(CallFailed):
    """No server could be reached, or it has no snapshot to answer with yet; all attempts failed."""


class Cancelled(CallFailed):
    """The call was given up, on this side or the other."""


class ServerError(CallFailed):
    """A fault of the service, or of what stands between."""
