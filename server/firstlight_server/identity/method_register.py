"""Notes which methods services register with a server, so that each can be asked for its policy.

Knows nothing of policies.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import grpc
import grpc.aio


class MethodRegister:
    """Stands before a server while services register.

    Attributes:
        methods: the full names of what was registered, such as "/grpc.health.v1.Health/Check".
    """

    def __init__(self, server: grpc.aio.Server) -> None:
        self._server = server
        self.methods: set[str] = set()

    @property
    def server(self) -> grpc.aio.Server:
        """What services register with."""
        return cast("grpc.aio.Server", self)  # it answers to all that registration needs

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        """Handlers by name, which gRPC asks for what it does not know otherwise: passed on."""
        self._server.add_generic_rpc_handlers(tuple(generic_rpc_handlers))

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, "grpc.RpcMethodHandler[Any, Any]"]
    ) -> None:
        """Handlers of a generated service: noted and passed on."""
        self.methods |= {f"/{service_name}/{name}" for name in method_handlers}
        self._server.add_registered_method_handlers(service_name, method_handlers)
