"""Whom the log was told to forget, so that what was under way meanwhile is not stored after all.

Whatever is to be stored says which erasures had been made when it was begun; what began before its user's is left out,
in the transaction that would store it, or is given to whom the user was merged into. No clock is asked: erasures are
numbered, and only one writer is at work. A mark names nobody: it is a hash of the pseudonym under a salt of its own,
and is deleted after a day. Knows nothing of what is stored.
"""

import secrets
import time
from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import Connection, Executable, bindparam, delete, func, insert, select

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.schema import erasures, merges

DELETED, MERGED = b"deleted", b"merged"
_SALT_BYTES = 16
_HASH_BYTES = 16
_KEEP_S = 86_400.0
"""For how long a mark is kept, in seconds: nothing is under way for so long."""


class Erasures:
    """Those that were made after a number, as one transaction sees them."""

    def __init__(self, database: Database, connection: Connection, *, seen: Iterable[int]) -> None:
        """Takes the numbers that were seen; the least of them decides how far is looked back."""
        self._connection = connection
        least = min(seen, default=None)
        statement = database.prepared("erasures", _after)
        values = statement.values({"sequence": least})
        self._marks: list[tuple[int, bytes]] = (
            []
            if least is None
            else [(row[0], bytes(row[1])) for row in connection.exec_driver_sql(statement.text, values)]
        )

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._marks)

    def owner(self, tenant: str, user: str, *, seen: int) -> str | None:
        """Whose is now what was begun for ``user`` at ``seen``: theirs, of whom they became, or nobody's."""
        for sequence, mark in self._marks:
            salt = mark[:_SALT_BYTES]
            if sequence > seen and mark == _mark(tenant, user, salt=salt, kind=DELETED):
                return None
            if sequence > seen and mark == _mark(tenant, user, salt=salt, kind=MERGED):
                return self._became(tenant, user)
        return user

    def _became(self, tenant: str, user: str) -> str | None:
        """Whom a user was merged into, and that one in turn; None where the last of them was deleted since."""
        chosen = select(merges.c.into).where(merges.c.tenant == tenant, merges.c.user == user)
        return self._connection.execute(chosen).scalar()


def latest(database: Database) -> int:
    """The number of the last erasure; 0 where none is marked."""
    return database.rows(database.prepared("last erasure", _last), {})[0][0] or 0


def mark_erased(connection: Connection, tenant: str, user: str, *, kind: bytes) -> None:
    """Marks a user as `DELETED` or `MERGED`, and lets go of marks that nothing can need any more."""
    connection.execute(delete(erasures).where(erasures.c.at_s < time.time() - _KEEP_S))
    mark = _mark(tenant, user, salt=secrets.token_bytes(_SALT_BYTES), kind=kind)
    connection.execute(insert(erasures), {"mark": mark, "at_s": time.time()})


def _mark(tenant: str, user: str, *, salt: bytes, kind: bytes) -> bytes:
    named = f"{len(tenant)}:{tenant}{user}".encode(errors="surrogatepass")
    return salt + blake2b(named, key=salt, person=kind, digest_size=_HASH_BYTES).digest()


def _after() -> Executable:
    later = erasures.c.sequence > bindparam("sequence")
    return select(erasures.c.sequence, erasures.c.mark).where(later).order_by(erasures.c.sequence)


def _last() -> Executable:
    return select(func.max(erasures.c.sequence))
