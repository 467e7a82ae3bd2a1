"""Asks a method by its name, whatever its kind, and tells how the call ended."""

import grpc

from tests.server.running import Running

Metadata = tuple[tuple[str, str], ...]
RECOMMEND = "/firstlight.v1.RecommendationService/Recommend"
UNAUTHENTICATED, DENIED = grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED


async def until_loaded(server: Running) -> None:
    async def loaded() -> bool:
        return server.server.tenants.is_settled

    await server.until(loaded)


async def asked(
    server: Running, method: str, metadata: Metadata | None, message: bytes = b"", *, streams: bool = False
) -> grpc.StatusCode:
    """How a call ends, whatever the method's kind; a stream is left after its first reply."""
    try:
        if streams:
            stream = server.channel.stream_stream(method, request_serializer=bytes, response_deserializer=bytes)
            call = stream(iter([message]), metadata=metadata, timeout=10)
            await call.read()
            call.cancel()
        else:
            unary = server.channel.unary_unary(method, request_serializer=bytes, response_deserializer=bytes)
            await unary(message, metadata=metadata, timeout=10)
    except grpc.aio.AioRpcError as error:
        # NOTE: a stream that is refused before the client has sent its message ends so in gRPC's own client.
        if streams and "execute_batch" in (error.debug_error_string() or ""):
            return await asked(server, method, metadata, message, streams=True)
        return error.code()
    return grpc.StatusCode.OK


async def until_code(server: Running, metadata: Metadata, wanted: grpc.StatusCode) -> None:
    async def seen() -> bool:
        return await asked(server, RECOMMEND, metadata) is wanted

    await server.until(seen)
