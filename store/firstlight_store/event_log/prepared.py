"""A statement rendered once for its database: rendering costs more than what a small statement does.

Knows nothing of what it says.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

Values = tuple[object, ...] | dict[str, object]
"""As the database's driver wants them: by place, or by name."""


class Prepared:
    """SQL text, and the order in which it takes its named values. Types convert nothing here: see `stored_text`.

    Attributes:
        text: the statement in the driver's own style.
    """

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.text = compiled.string
        self._constants: Mapping[str, Any] = {
            name: value for name, value in compiled.params.items() if value is not None
        }
        self._places = compiled.positiontup

    def values(self, given: Mapping[str, object]) -> Values:
        """The values as the driver wants them.

        Raises:
            KeyError: one is not given.
        """
        named = {**self._constants, **given} if self._constants else given
        return dict(named) if self._places is None else tuple([named[name] for name in self._places])
