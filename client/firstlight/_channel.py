"""Opens channels, blocking and asynchronous, from one configuration. It does not know requests."""

from typing import TypeAlias

import grpc
import grpc.aio

from firstlight._config import ClientConfig
from firstlight._retry import service_config
from firstlight._version import __version__

ChannelOptions: TypeAlias = list[tuple[str, str | int]]


def options(config: ClientConfig) -> ChannelOptions:
    """Return gRPC's channel arguments."""
    channel = config.channel
    arguments: ChannelOptions = [
        ("grpc.primary_user_agent", f"firstlight-python/{__version__}"),
        ("grpc.service_config", service_config(channel.retry)),
        ("grpc.enable_retries", int(channel.retry is not None)),
        ("grpc.service_config_disable_resolution", 1),  # a DNS TXT record must not override what the caller configured
        ("grpc.max_send_message_length", channel.max_message_bytes),
        ("grpc.max_receive_message_length", channel.max_message_bytes),
        ("grpc.keepalive_time_ms", round(channel.keepalive_s * 1000)),
        ("grpc.keepalive_timeout_ms", round(channel.keepalive_timeout_s * 1000)),
        ("grpc.keepalive_permit_without_calls", 0),  # servers punish pings on idle connections with GOAWAY
        (
            "grpc.initial_reconnect_backoff_ms",
            100,
        ),  # a restarted server is found again at once, not after gRPC's second
        ("grpc.max_reconnect_backoff_ms", 5000),
        ("grpc.enable_http_proxy", int(channel.use_http_proxy)),
    ]
    if config.tls is not None and config.tls.server_name is not None:
        arguments.append(("grpc.ssl_target_name_override", config.tls.server_name))
    return arguments


def open_channel(config: ClientConfig) -> grpc.Channel:
    """Open a blocking channel; it connects at the first call."""
    if config.tls is None:
        return grpc.insecure_channel(config.target, options(config))
    return grpc.secure_channel(config.target, config.tls.channel_credentials(), options(config))


def open_async_channel(config: ClientConfig) -> grpc.aio.Channel:
    """Open an asynchronous channel on the running event loop; it connects at the first call."""
    if config.tls is None:
        return grpc.aio.insecure_channel(config.target, options(config))
    return grpc.aio.secure_channel(config.target, config.tls.channel_credentials(), options(config))
