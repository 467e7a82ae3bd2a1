"""The limits that gRPC leaves infinite, set from the settings. Knows nothing of services."""

from firstlight_server.settings import Settings


def channel_options(settings: Settings) -> tuple[tuple[str, int], ...]:
    """Server options: sizes in bytes, times in milliseconds."""
    return (
        ("grpc.max_receive_message_length", settings.max_receive_bytes),
        ("grpc.max_metadata_size", settings.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", settings.max_metadata_bytes),
        ("grpc.max_concurrent_streams", settings.max_concurrent_streams),
        ("grpc.max_connection_idle_ms", _ms(settings.max_connection_idle_s)),
        ("grpc.max_connection_age_ms", _ms(settings.max_connection_age_s)),
        ("grpc.max_connection_age_grace_ms", _ms(settings.max_connection_age_grace_s)),
        ("grpc.http2.min_ping_interval_without_data_ms", _ms(settings.min_ping_interval_s)),
        # Beyond these gRPC ends calls by itself, cheaply; else an overloaded event loop meets them when they are late.
        ("grpc.server.max_pending_requests", settings.pending_calls),
        ("grpc.server.max_pending_requests_hard_limit", 2 * settings.pending_calls),
        ("grpc.so_reuseport", int(settings.reuse_port)),
    )


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1_000))
