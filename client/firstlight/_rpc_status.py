"""The few messages of `google.rpc` that a failed call carries, read and written with protobuf alone.

googleapis-common-protos is no dependency of the SDK, so the fields needed are declared here, in a pool of their own: an
application that also loads the real ones meets no conflict. This module does not know exceptions.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

METADATA_KEY = "grpc-status-details-bin"
"""The trailing metadata under which gRPC carries a `google.rpc.Status`."""

_TYPE_URL = "type.googleapis.com/"
_SCALARS = {
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
}
# Message -> (field, number, type); "*" marks a repeated field. Numbers and types are those of
# google/rpc/status.proto, google/rpc/error_details.proto, google/protobuf/any.proto and google/protobuf/duration.proto.
_MESSAGES = {
    "Any": (("type_url", 1, "string"), ("value", 2, "bytes")),
    "Duration": (("seconds", 1, "int64"), ("nanos", 2, "int32")),
    "Status": (("code", 1, "int32"), ("message", 2, "string"), ("details", 3, "Any*")),
    "FieldViolation": (("field", 1, "string"), ("description", 2, "string")),
    "BadRequest": (("field_violations", 1, "FieldViolation*"),),
    "RetryInfo": (("retry_delay", 1, "Duration"),),
}


@dataclass(frozen=True, slots=True)
class StatusDetails:
    """What the details of a status say that the SDK has a use for.

    Attributes:
        violations: (field, description) of every malformed value.
        retry_after_s: The delay asked for, in seconds; None if none.

    """

    violations: tuple[tuple[str, str], ...] = ()
    retry_after_s: float | None = None


def decode(value: bytes) -> StatusDetails:
    """Read a serialised `google.rpc.Status`; what is unknown is skipped, and bytes that are no status say nothing."""
    violations: list[tuple[str, str]] = []
    retry_after_s: float | None = None
    try:
        for detail in _CLASSES["Status"].FromString(value).details:
            match detail.type_url.rpartition("/")[2]:
                case "google.rpc.BadRequest":
                    bad = _CLASSES["BadRequest"].FromString(detail.value)
                    violations += [(each.field, each.description) for each in bad.field_violations]
                case "google.rpc.RetryInfo":
                    delay = _CLASSES["RetryInfo"].FromString(detail.value).retry_delay
                    retry_after_s = delay.seconds + delay.nanos / 1e9
                case _:
                    pass
    except DecodeError:  # the status code and message still tell the caller what happened
        return StatusDetails()
    return StatusDetails(tuple(violations), retry_after_s)


def encode(code: int, message: str, details: StatusDetails) -> bytes:
    """Write a `google.rpc.Status` with its details, as a server sends it."""
    status = _CLASSES["Status"](code=code, message=message)
    if details.violations:
        bad = _CLASSES["BadRequest"]()
        for field, description in details.violations:
            bad.field_violations.add(field=field, description=description)
        status.details.add(type_url=f"{_TYPE_URL}google.rpc.BadRequest", value=bad.SerializeToString())
    if details.retry_after_s is not None:
        seconds, rest = divmod(details.retry_after_s, 1)
        retry = _CLASSES["RetryInfo"](retry_delay=_CLASSES["Duration"](seconds=int(seconds), nanos=round(rest * 1e9)))
        status.details.add(type_url=f"{_TYPE_URL}google.rpc.RetryInfo", value=retry.SerializeToString())
    serialised: bytes = status.SerializeToString()
    return serialised


def _declared() -> dict[str, Any]:
    """Message name -> its class; typed `Any`, since protobuf makes such classes at run time."""
    file = FileDescriptorProto(name="firstlight/rpc_status.proto", package="firstlight.rpc_status", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            label = FieldDescriptorProto.LABEL_REPEATED if kind.endswith("*") else FieldDescriptorProto.LABEL_OPTIONAL
            declared = message.field.add(name=field, number=number, label=label)
            if (scalar := _SCALARS.get(kind)) is not None:
                declared.type = scalar
            else:
                declared.type = FieldDescriptorProto.TYPE_MESSAGE
                declared.type_name = f".{file.package}.{kind.rstrip('*')}"
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.{name}")) for name in _MESSAGES}


_CLASSES = _declared()
