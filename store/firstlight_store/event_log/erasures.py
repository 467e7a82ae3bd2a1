"""Whom the log was told to forget, so that what was under way meanwhile is not stored after all.

Whatever is to be stored later says which erasures had been made when it was begun; what began before its user's is left
out, in the transaction that would store it. No clock is asked: erasures are numbered, and only one writer is at work.
A mark names nobody: it is a hash of the pseudonym under a salt of its own, and is deleted after a day. Knows nothing of
what is stored.
"""

import secrets
import time
from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import Connection, Executable, bindparam, delete, func, insert, select

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.schema import erasures

_SALT_BYTES = 16
_HASH_BYTES = 16
_KEEP_S = 86_400.0
"""For how long a mark is kept, in seconds: nothing is under way for so long."""


class Erasures:
    """Those that were made after a number, as one transaction sees them."""

    def __init__(self, database: Database, connection: Connection, *, seen: Iterable[int]) -> None:
        """Takes the numbers that were seen; the least of them decides how far is looked back."""
        least = min(seen, default=None)
        statement = database.prepared("erasures", _after)
        values = statement.values({"sequence": least})
        self._marks: list[tuple[int, bytes]] = (
            []
            if least is None
            else [(row[0], bytes(row[1])) for row in connection.exec_driver_sql(statement.text, values)]
        )

    def cover(self, tenant: str, user: str, *, seen: int) -> bool:
        """Whether the user was erased after ``seen``."""
        return any(
            sequence > seen and mark == _mark(tenant, user, salt=mark[:_SALT_BYTES]) for sequence, mark in self._marks
        )


def latest(database: Database) -> int:
    """The number of the last erasure; 0 where none is marked."""
    return database.rows(database.prepared("last erasure", _last), {})[0][0] or 0


def mark_erased(connection: Connection, tenant: str, user: str) -> None:
    """Marks a user as erased from now on, and lets go of marks that nothing can need any more."""
    connection.execute(delete(erasures).where(erasures.c.at_s < time.time() - _KEEP_S))
    mark = _mark(tenant, user, salt=secrets.token_bytes(_SALT_BYTES))
    connection.execute(insert(erasures), {"mark": mark, "at_s": time.time()})


def _mark(tenant: str, user: str, *, salt: bytes) -> bytes:
    named = f"{len(tenant)}:{tenant}{user}".encode(errors="surrogatepass")
    return salt + blake2b(named, key=salt, digest_size=_HASH_BYTES).digest()


def _after() -> Executable:
    return select(erasures.c.sequence, erasures.c.mark).where(erasures.c.sequence > bindparam("sequence"))


def _last() -> Executable:
    return select(func.max(erasures.c.sequence))
