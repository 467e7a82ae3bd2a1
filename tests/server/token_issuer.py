"""A real issuer of tokens: it signs them with real keys, and publishes these in a file or over HTTP."""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from firstlight_server.identity.policy import POLICIES

ISSUER, AUDIENCE = "https://issuer.test", "firstlight"
EVERY_SCOPE = " ".join(sorted({policy.scope for policy in POLICIES.values()} - {""}))


@dataclass(frozen=True)
class SigningKey:
    """One key of an issuer."""

    id: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def published(self) -> dict[str, Any]:
        """The public half, as a JWKS lists it."""
        jwk: dict[str, Any] = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return jwk | {"kid": self.id, "alg": "ES256", "use": "sig"}

    def token(self, *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token with every scope for tenant "default", valid for a minute, but for `claims`; None drops one."""
        given = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": "shop-frontend", "exp": time.time() + 60,
            "scope": EVERY_SCOPE, "tenants": ["default"],
        } | claims  # fmt: skip
        content = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(content, self.private, algorithm="ES256", headers={"kid": self.id} | (headers or {}))


def jwks(*keys: SigningKey) -> str:
    """What the issuer publishes."""
    return json.dumps({"keys": [key.published for key in keys]})


def settings_for(keys: Path | str, **others: object) -> dict[str, Any]:
    """Settings of a server that trusts the issuer."""
    return {"token_keys": str(keys), "token_issuer": ISSUER, "token_audience": AUDIENCE, "token_leeway_s": 0, **others}


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    """The metadata that carries it."""
    return (("authorization", f"Bearer {token}"),)


@dataclass
class Publisher:
    """An HTTP server on this machine; `content` None answers 503."""

    content: str | None
    url: str = ""
    fetches: int = 0


@contextmanager
def published_keys(content: str | None) -> Generator[Publisher]:
    """Publishes `content` until the block ends."""
    publisher = Publisher(content)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.fetches += 1
            body = (publisher.content or "").encode()
            self.send_response(200 if publisher.content is not None else 503)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        publisher.url = f"http://127.0.0.1:{server.server_port}/keys"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield publisher
        finally:
            server.shutdown()
            thread.join()
