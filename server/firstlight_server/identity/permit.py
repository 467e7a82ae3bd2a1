"""What a call's caller may ask, settled before the call takes anybody's place or a tenant's share of the server.

A context variable, for gRPC hands nothing from one interceptor to the next. Knows nothing of tokens.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from firstlight_server.errors import ServerError


@dataclass(frozen=True)
class Permit:
    """The default permits everything: nobody asked who calls.

    Attributes:
        caller: who calls, by their token; empty if nobody asked.
        refusal: what the call is refused with whatever it asks for; None if it may come in.
        require_tenant: raises if the caller may not ask for the tenant of this name; None if any may be asked for.
    """

    caller: str = ""
    refusal: ServerError | None = None
    require_tenant: Callable[[str], None] | None = None

    def check(self, tenant: str | None) -> None:
        """Lets a request for ``tenant`` pass, or one that names none and is looked at by its handler.

        Raises:
            ServerError: it may not.
        """
        if self.refusal is not None:
            raise self.refusal
        if self.require_tenant is not None and tenant is not None:
            self.require_tenant(tenant)

    def allows(self, tenant: str) -> bool:
        """Whether a request for ``tenant`` may pass."""
        try:
            self.check(tenant)
        except ServerError:
            return False
        return True


current_permit: ContextVar[Permit] = ContextVar("current_permit", default=Permit())  # noqa: B039 - it is frozen
