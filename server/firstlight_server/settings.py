"""Everything an operator can set, each default written once.

Precedence: command line > environment (``FIRSTLIGHT_SERVER_<NAME>``) > TOML file > default. The prefix is the
server's own, so that a misspelt name can be refused without refusing what other parts of Firstlight read.
Merged here rather than by pydantic-settings, which ignores unknown variables and forgets where a value came from.
Knows nothing of what the settings do.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from firstlight_server.errors import SettingsError

ENVIRONMENT_PREFIX = "FIRSTLIGHT_SERVER_"
CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"

_LISTEN = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):(?P<port>\d{1,5})")
_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Settings(BaseModel):
    """The server's settings. Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    data_dir: Path = Field(
        default=Path("var/snapshots"), description="Directory with one folder of snapshots a tenant."
    )
    listen: str = Field(
        default="127.0.0.1:50051", description="Address and port to listen on; port 0 takes a free one."
    )
    tenants: tuple[str, ...] = Field(
        default=(),
        description="Tenants to serve, comma-separated; empty: 'default' and every folder of the data directory.",
    )
    reflection: bool = Field(default=False, description="Whether callers may list the API by gRPC reflection.")
    reuse_port: bool = Field(default=False, description="Whether several server processes may share the port.")
    poll_interval_s: float = Field(default=0.5, gt=0, le=3_600, description="How often to look for a new snapshot.")
    drain_grace_s: float = Field(default=10.0, ge=0, le=3_600, description="How long calls may finish after SIGTERM.")
    search_threads: int = Field(default=1, ge=1, le=64, description="Threads that search.")
    encode_threads: int = Field(default=1, ge=1, le=64, description="Threads that encode text.")
    text_cache_entries: int = Field(default=10_000, ge=0, description="Encoded texts remembered a snapshot.")
    max_receive_bytes: int = Field(default=4 * 1024 * 1024, ge=1_024, description="Largest request accepted.")
    max_metadata_bytes: int = Field(default=16 * 1024, ge=1_024, description="Largest request metadata accepted.")
    max_concurrent_streams: int = Field(default=1_000, ge=1, description="Calls in flight a connection.")
    max_connection_idle_s: float = Field(default=300.0, gt=0, description="Idle connections are closed after this.")
    max_connection_age_s: float = Field(default=3_600.0, gt=0, description="Connections are renewed after this.")
    max_connection_age_grace_s: float = Field(
        default=60.0, gt=0, description="How long calls may outlive their connection's age."
    )
    min_ping_interval_s: float = Field(default=10.0, gt=0, description="Clients that ping more often are cut off.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged."
    )

    min_recall: float = Field(
        default=0.95, ge=0, le=1, description="Least share of exact answers that a snapshot's index must find."
    )
    keep_loaded: int = Field(
        default=1, ge=0, le=16, description="Snapshots kept loaded after others took over, for a rollback at once."
    )
    keep_snapshots: int = Field(
        default=0, ge=0, description="Newest snapshots left on disk after a swap; 0 deletes none."
    )

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, value: str) -> str:
        match = _LISTEN.fullmatch(value)
        if match is None or int(match["port"]) > 65_535:
            raise ValueError(f"{value!r} is not host:port")
        return value

    @field_validator("tenants", mode="before")
    @classmethod
    def _split_tenants(cls, value: object) -> object:
        return tuple(filter(None, (name.strip() for name in value.split(",")))) if isinstance(value, str) else value

    @field_validator("tenants")
    @classmethod
    def _check_tenants(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _TENANT.fullmatch(name):
                raise ValueError(f"{name!r} is not a tenant's name: 1-63 of a-z, 0-9, '_' and '-'")
        return value


def load_settings(
    command_line: Mapping[str, Any], *, config: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Merges the sources; entries of ``command_line`` that are None were not given.

    Raises:
        SettingsError: a key is unknown, a value malformed or the file unreadable; one line that names the source.
    """
    variables = os.environ if environment is None else environment
    file = config or (Path(variables[CONFIG_VARIABLE]) if CONFIG_VARIABLE in variables else None)
    origins: dict[str, str] = {}
    merged: dict[str, Any] = {}
    for values, origin in (
        (_from_file(file) if file else {}, f"{{}} in {file}"),
        (_from_environment(variables), f"{ENVIRONMENT_PREFIX}{{}}"),
        ({key: value for key, value in command_line.items() if value is not None}, "--{}"),
    ):
        merged |= values
        origins |= dict.fromkeys(values, origin)
    try:
        return Settings(**merged)
    except ValidationError as error:
        raise SettingsError(_one_line(error, origins)) from error


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"settings file {file} cannot be read: {error}") from error


def _from_environment(variables: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in variables.items() if name.startswith(ENVIRONMENT_PREFIX)}
    own.pop(CONFIG_VARIABLE, None)
    return {name.removeprefix(ENVIRONMENT_PREFIX).lower(): value for name, value in own.items()}


def _one_line(error: ValidationError, origins: Mapping[str, str]) -> str:
    faults: list[str] = []
    for fault in error.errors():
        key = str(fault["loc"][0])
        origin = origins.get(key, "{}")
        shown = key.upper() if origin.startswith(ENVIRONMENT_PREFIX) else key
        shown = key.replace("_", "-") if origin.startswith("--") else shown
        what = "no such setting" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")
        faults.append(f"{origin.format(shown)}: {what} (got {fault['input']!r})")
    return "; ".join(faults)
