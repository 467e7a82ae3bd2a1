"""Which users a canary answers: a keyed hash of who asks, so that every process, today and after a restart, agrees.

Each user has one place in 0..1 for each canary. A larger share only adds users, and another canary draws others.
Knows nothing of snapshots or requests.
"""

from hashlib import blake2b

_BYTES = 8


def place(identity: str, *, tenant: str, canary_id: str) -> float:
    """Where in 0..1 (1 excluded) ``identity`` stands for this canary: evenly spread, and always the same."""
    key = blake2b(f"{tenant}/{canary_id}".encode(), digest_size=32).digest()
    digest = blake2b(identity.encode(errors="surrogatepass"), key=key, digest_size=_BYTES).digest()
    return (int.from_bytes(digest, "big") >> 11) * 2.0**-53


def answers(identity: str, *, tenant: str, canary_id: str, share: float) -> bool:
    """Whether a canary with this ``share`` of users, 0..1, answers ``identity``."""
    return place(identity, tenant=tenant, canary_id=canary_id) < share
