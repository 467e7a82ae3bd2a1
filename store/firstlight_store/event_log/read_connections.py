"""Connections kept for short reads, without the pool's and the ORM's bookkeeping. Knows nothing of what is read."""

from collections import deque
from typing import Any

from sqlalchemy import Engine

from firstlight_store.event_log.prepared import Values


class ReadConnections:
    """As many connections as threads that read at once. Every statement is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver = engine.dialect.loaded_dbapi
        self._idle: deque[Any] = deque()  # the driver's connections; a deque's methods are atomic

    def rows(self, text: str, values: Values) -> list[tuple[Any, ...]]:
        """The rows of one statement; asked once more on a new connection where an old one had been cut off.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: no connection can be made.
            Exception: what the driver raises.
        """
        try:
            connection, is_old = self._idle.pop(), True
        except IndexError:
            connection, is_old = self._connected(), False
        try:
            rows: list[tuple[Any, ...]] = connection.execute(text, values).fetchall()
        except self._driver.Error as error:
            is_gone = self._engine.dialect.is_disconnect(error, connection, None)
            connection.close()
            if is_old and is_gone:
                return self.rows(text, values)
            raise
        self._idle.append(connection)
        return rows

    def close(self) -> None:
        """Ends those that are idle."""
        while self._idle:
            self._idle.pop().close()

    def _connected(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name != "sqlite":
            connection.autocommit = True
        return connection
