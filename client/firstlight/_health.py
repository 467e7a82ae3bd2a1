"""The standard gRPC health check (`grpc.health.v1.Health`), spoken without grpcio-health-checking.

A `HealthCheckRequest` is one string under field 1 and its response one enum under field 1, which on the wire is exactly
protobuf's own `StringValue` and `Int32Value`. It does not know clients.
"""

from google.protobuf.wrappers_pb2 import Int32Value, StringValue

SERVICE = "grpc.health.v1.Health"
METHOD = f"/{SERVICE}/Check"

_SERVING = 1
_NOT_SERVING = 2


def encode_request(service: str) -> bytes:
    """Return a serialised `HealthCheckRequest`; an empty service asks for the server as a whole."""
    return StringValue(value=service).SerializeToString()


def decode_request(serialised: bytes) -> str:
    """Return the service that a serialised `HealthCheckRequest` asks for."""
    return StringValue.FromString(serialised).value


def encode_response(serving: bool) -> bytes:
    """Return a serialised `HealthCheckResponse`."""
    return Int32Value(value=_SERVING if serving else _NOT_SERVING).SerializeToString()


def decode_response(serialised: bytes) -> bool:
    """Return whether a serialised `HealthCheckResponse` says SERVING."""
    return Int32Value.FromString(serialised).value == _SERVING
