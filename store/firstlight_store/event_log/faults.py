"""What a database's error means: that it is gone for now, that the file is damaged, or that writing must stop.

Knows nothing of what was asked.
"""

import sqlite3

from sqlalchemy.exc import SQLAlchemyError

from firstlight_store.event_log.errors import EventLogDamaged, EventLogUnavailable

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FSYNC_FAILED = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
_PRIMARY = 0xFF
"""The bits of SQLite's error code that name the kind."""


def meaning(error: Exception, *, doing: str, where: str) -> EventLogUnavailable:
    """What is raised instead of a driver's or SQLAlchemy's ``error``; statement and values are not in it.

    Args:
        error: the error.
        doing: what was asked for, such as "written".
        where: what it holds and where it is, without a password.
    """
    said = _said(error)
    if _code(error) & _PRIMARY in _DAMAGED:
        return EventLogDamaged(
            f"{where} is damaged ({said}); put a backup in its place, or move it away to begin a new one"
        )
    return EventLogUnavailable(f"{where} cannot be {doing}: {said}")


def is_final(error: Exception) -> bool:
    """Whether nothing must be written in this process any more.

    NOTE: once an fsync has failed, the kernel may have dropped what it held, and the next fsync would succeed without.
    """
    code = _code(error)
    return code in _FSYNC_FAILED or code & _PRIMARY in _DAMAGED


def _code(error: Exception) -> int:
    cause = _cause(error)
    return int(getattr(cause, "sqlite_errorcode", None) or 0)


def _said(error: Exception) -> str:
    text = str(_cause(error)).strip() or type(error).__name__
    return text.splitlines()[0]


def _cause(error: Exception) -> BaseException:
    origin = getattr(error, "orig", None) if isinstance(error, SQLAlchemyError) else None
    return origin if isinstance(origin, BaseException) else error
