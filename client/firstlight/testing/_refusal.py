"""A call that a fake server refuses, and the limits of the contract that it holds callers to.

It does not know gRPC's contexts.
"""

import math
from collections.abc import Iterator, Sequence

import grpc

from firstlight._errors import Failure, Violation
from firstlight._query import Query
from firstlight._user_event import UserEvent

MAX_PAGE_SIZE = 1000
MAX_BATCH = 256
MAX_WEIGHT = 100
MAX_USER_EVENTS = 1000
MAX_ID_CHARACTERS = 128


class Refusal(Exception):  # noqa: N818  # it is no fault
    """The call ends with a status instead of an answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def refuse_unknown(what: str, name: str) -> Refusal:
    """Return the refusal of a name that is unknown."""
    return Refusal(Failure(code=grpc.StatusCode.NOT_FOUND, message=f"unknown {what} {name!r}"))


def check_queries(queries: Sequence[Query], *, prefix: str = "") -> None:
    """Hold the queries to the contract's limits.

    Args:
        queries: What is asked.
        prefix: What stands before a field's name; "{}" is the query's place.

    Raises:
        Refusal: INVALID_ARGUMENT, naming each field.

    """
    violations = [each for place, query in enumerate(queries) for each in _violations(query, prefix.format(place))]
    if violations:
        raise invalid(*violations)


def check_batch(count: int, tenants: Sequence[str], tenant: str) -> None:
    """Hold a batch to the contract's limits.

    Args:
        count: How many requests it holds.
        tenants: The tenant that each of them names.
        tenant: The tenant of the batch.

    Raises:
        Refusal: INVALID_ARGUMENT, naming the field.

    """
    if not 1 <= count <= MAX_BATCH:
        raise invalid(Violation("requests", f"must hold 1..{MAX_BATCH} requests, got {count}"))
    for place, each in enumerate(tenants):
        if each not in ("", tenant):
            raise invalid(
                Violation(f"requests[{place}].tenant", f"must be empty or the batch's {tenant!r}, got {each!r}")
            )


def check_user_events(events: Sequence[UserEvent]) -> None:
    """Hold events to the contract's limits.

    Raises:
        Refusal: INVALID_ARGUMENT, naming each field.

    """
    if not 1 <= len(events) <= MAX_USER_EVENTS:
        raise invalid(Violation("events", f"must hold 1..{MAX_USER_EVENTS} events, got {len(events)}"))
    violations = [each for place, event in enumerate(events) for each in _event_violations(event, f"events[{place}].")]
    if violations:
        raise invalid(*violations)


def check_user_ids(**user_ids: str) -> None:
    """Hold users' ids to the contract's limits; each is given under its field's name.

    Raises:
        Refusal: INVALID_ARGUMENT, naming each field.

    """
    violations = [each for field, given in user_ids.items() for each in _id_violations(field, given)]
    if violations:
        raise invalid(*violations)


def invalid(*violations: Violation) -> Refusal:
    """Return the refusal of malformed values."""
    message = "; ".join(f"{each.field} {each.description}" for each in violations)
    return Refusal(Failure(code=grpc.StatusCode.INVALID_ARGUMENT, message=message, violations=violations))


def _event_violations(told: UserEvent, prefix: str) -> Iterator[Violation]:
    yield from _id_violations(f"{prefix}event_id", told.event_id)
    yield from _id_violations(f"{prefix}user_id", told.user_id)
    yield from _weight_violations(f"{prefix}event", told.event.weight)
    if not told.event.item_id and not told.event.text:
        yield Violation(f"{prefix}event.item_id", "is required unless text is given")


def _id_violations(field: str, given: str) -> Iterator[Violation]:
    if not 1 <= len(given) <= MAX_ID_CHARACTERS:
        yield Violation(field, f"must have 1..{MAX_ID_CHARACTERS} characters, got {len(given)}")


def _weight_violations(field: str, weight: float | None) -> Iterator[Violation]:
    if weight is not None and not (math.isfinite(weight) and abs(weight) <= MAX_WEIGHT):
        yield Violation(f"{field}.weight", f"must be finite and in -{MAX_WEIGHT}..{MAX_WEIGHT}, got {weight}")


def _violations(query: Query, prefix: str) -> Iterator[Violation]:
    if not 0 <= (query.page_size or 0) <= MAX_PAGE_SIZE:
        yield Violation(f"{prefix}page_size", f"must be in 1..{MAX_PAGE_SIZE}, got {query.page_size}")
    weights = [(f"events[{place}]", event.weight) for place, event in enumerate(query.events)]
    weights += [(f"declarations[{place}]", each.weight) for place, each in enumerate(query.interests)]
    for field, weight in weights:
        yield from _weight_violations(f"{prefix}{field}", weight)
