"""A real PostgreSQL for all tests of what the store keeps in databases."""

from collections.abc import Iterator

import pytest

from tests.postgresql import PostgreSQL, PostgreSQLMissing, postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[PostgreSQL]:
    try:
        with postgresql() as running:
            yield running
    except PostgreSQLMissing as missing:
        pytest.skip(str(missing))
