"""The one table from errors to gRPC statuses, and the google.rpc details that go with them.

Knows nothing of how calls are served. What is not in the table is INTERNAL, and tells the caller only the request id.
"""

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc.error_details_pb2 import BadRequest  # type: ignore[import-untyped]  # its stubs lack the marker
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from firstlight_server import errors

STATUS_OF: dict[type[Exception], grpc.StatusCode] = {
    errors.InvalidRequestError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.UnknownTenantError: grpc.StatusCode.NOT_FOUND,
    errors.UnknownItemError: grpc.StatusCode.NOT_FOUND,
    errors.UnknownSnapshotError: grpc.StatusCode.NOT_FOUND,
    errors.SnapshotNotReadyError: grpc.StatusCode.UNAVAILABLE,
    errors.SnapshotRefusedError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.CatalogueFixedError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.CatalogueUnavailableError: grpc.StatusCode.UNAVAILABLE,
    errors.TooManyChangesError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.UnauthenticatedError: grpc.StatusCode.UNAUTHENTICATED,
    errors.ForbiddenError: grpc.StatusCode.PERMISSION_DENIED,
    errors.ForbiddenTenantError: grpc.StatusCode.PERMISSION_DENIED,
    errors.KeysUnavailableError: grpc.StatusCode.UNAVAILABLE,
    errors.DeadlinePassedError: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.EventsUnavailableError: grpc.StatusCode.UNAVAILABLE,
    errors.EventsNotKeptError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.OverloadedError: grpc.StatusCode.RESOURCE_EXHAUSTED,
}

PUSHBACK_KEY = "grpc-retry-pushback-ms"
"""Trailing metadata that tells a channel's retry policy when to try again."""

DETAILS_KEY = "grpc-status-details-bin"
MAX_DETAILS_BYTES = 4_096
"""Clients refuse metadata above 8 KiB, so a request with a thousand faults gets the first ones and their number."""


def status_of(error: Exception) -> grpc.StatusCode:
    """The status an error becomes; INTERNAL for what nobody foresaw."""
    return STATUS_OF.get(type(error), grpc.StatusCode.INTERNAL)


def details_of(error: errors.InvalidRequestError) -> bytes:
    """A serialised `google.rpc.Status` with a `BadRequest` of every violation, at most `MAX_DETAILS_BYTES`."""
    bad = BadRequest()
    left = MAX_DETAILS_BYTES
    for number, violation in enumerate(error.violations):
        entry = BadRequest.FieldViolation(field=violation.field, description=violation.description)
        left -= entry.ByteSize() + 4  # the entry's own tag and length
        if left < 0:
            rest = f"{len(error.violations) - number:,} more fields are malformed"
            bad.field_violations.add(field="", description=rest)
            break
        bad.field_violations.append(entry)
    packed = Any()
    packed.Pack(bad)
    code: int = grpc.StatusCode.INVALID_ARGUMENT.value[0]
    serialised: bytes = Status(code=code, message=str(error), details=[packed]).SerializeToString()
    return serialised
