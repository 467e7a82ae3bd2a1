"""Who gets what of several: a keyed hash of who asks, so that every process, today and after a restart, agrees.

Each user has one place in 0..1 for each drawing: a canary, or an experiment. A larger share of a canary only adds
users, and another drawing draws others. Knows nothing of snapshots, policies or requests.
"""

from collections.abc import Sequence
from hashlib import blake2b

_BYTES = 8


def place(identity: str, *, tenant: str, drawing: str) -> float:
    """Where in 0..1 (1 excluded) ``identity`` stands for this drawing: evenly spread, and always the same."""
    key = blake2b(f"{tenant}/{drawing}".encode(), digest_size=32).digest()
    digest = blake2b(identity.encode(errors="surrogatepass"), key=key, digest_size=_BYTES).digest()
    return (int.from_bytes(digest, "big") >> 11) * 2.0**-53


def answers(identity: str, *, tenant: str, canary_id: str, share: float) -> bool:
    """Whether a canary with this ``share`` of users, 0..1, answers ``identity``."""
    return place(identity, tenant=tenant, drawing=canary_id) < share


def drawn(identity: str, *, tenant: str, drawing: str, shares: Sequence[float]) -> int:
    """Which of several, with ``shares`` that sum to 1, ``identity`` belongs to; a number from 0."""
    left = place(identity, tenant=tenant, drawing=drawing)
    for number, share in enumerate(shares[:-1]):
        left -= share
        if left < 0:
            return number
    return len(shares) - 1
