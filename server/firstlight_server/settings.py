"""Everything an operator can set, each default written once.

Precedence: command line > environment (``FIRSTLIGHT_SERVER_<NAME>``) > TOML file > default. The prefix is the
server's own, so that a misspelt name can be refused without refusing what other parts of Firstlight read.
Merged here rather than by pydantic-settings, which ignores unknown variables and forgets where a value came from.
Knows nothing of what the settings do.
"""

import math
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from firstlight_server.errors import SettingsError
from firstlight_server.feedback_settings import FeedbackSettings

ENVIRONMENT_PREFIX = "FIRSTLIGHT_SERVER_"
CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"

_LISTEN = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):(?P<port>\d{1,5})")
LogCalls = Literal["all", "errors", "none"]
_URL = re.compile(r"https?://[^\s/]+/?")
_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

# NOTE: asymmetric ones only: `none` signs nothing, and HS* would take a public key for a secret.
TokenAlgorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
]  # fmt: skip


Numbers = dict[str, float]
"""A number a tenant; in text "shop=2,other=1"."""


class Settings(FeedbackSettings):
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
    search_threads: int = Field(default=1, ge=1, le=64, description="Threads for searches too long for the event loop.")
    encode_threads: int = Field(default=1, ge=1, le=64, description="Threads that encode text.")
    max_batch: int = Field(
        default=16,
        ge=1,
        le=256,
        description="Questions answered, and texts encoded, in one go at most; 1: none.",
    )
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

    workers: int = Field(default=1, ge=1, le=256, description="Server processes that share the port and the snapshots.")
    running_calls: int = Field(default=32, ge=1, le=10_000, description="Users' calls worked on at a time.")
    waiting_calls: int = Field(default=512, ge=0, le=100_000, description="Users' calls that wait at a time.")
    pending_calls: int = Field(
        default=64,
        ge=1,
        le=100_000,
        description="Calls that gRPC holds before the server sees them; beyond it ends some, beyond twice as many all.",
    )
    max_wait_s: float = Field(default=0.5, gt=0, le=3_600, description="Longest expected wait of a call let in.")
    admin_calls: int = Field(default=8, ge=1, le=1_000, description="Calls of IndexService at a time; none waits.")
    tenant_weights: Numbers = Field(
        default_factory=dict,
        description="Shares of the server when tenants compete, as shop=2,other=1; else 1.",
    )
    tenant_rate: float = Field(
        default=0.0,
        ge=0,
        description="Recommendations a second a tenant may ask for; 0: no quota. Workers share it evenly.",
    )
    tenant_rates: Numbers = Field(
        default_factory=dict, description="The same for tenants named, as shop=50,other=0; 0: no quota."
    )
    degrade: bool = Field(default=True, description="Whether answers become simpler under load.")
    target_wait_s: float = Field(default=0.02, gt=0, le=60, description="Calls that wait longer make answers simpler.")
    tls_certificate: Path | None = Field(
        default=None, description="The server's certificate chain, PEM; goes with tls_key."
    )
    tls_key: Path | None = Field(default=None, description="Its private key, PEM, without a password.")
    tls_client_ca: Path | None = Field(
        default=None, description="Authorities, PEM; if given, clients must show a certificate of theirs (mutual TLS)."
    )
    tls_client_names: tuple[str, ...] = Field(
        default=(),
        description="If given, a client's certificate must carry one of these names (SAN).",
    )
    token_keys: str | None = Field(
        default=None,
        description="JWKS that tokens are checked with, a file or an http(s) URL; if given, calls need one.",
    )
    token_issuer: str = Field(default="", description="The `iss` that tokens must carry.")
    token_audience: str = Field(default="", description="The `aud` that tokens must carry.")
    token_algorithms: tuple[TokenAlgorithm, ...] = Field(
        default=("RS256", "PS256", "ES256", "EdDSA"), min_length=1, description="Signatures that tokens may carry."
    )
    token_scopes_claim: str = Field(default="scope", min_length=1, description="The claim that lists the scopes.")
    token_tenants_claim: str = Field(default="tenants", min_length=1, description="The claim that lists the tenants.")
    token_leeway_s: float = Field(default=30.0, ge=0, le=300, description="By how much clocks may differ.")
    token_keys_refresh_s: float = Field(default=300.0, ge=1, description="How often the JWKS is read again.")
    open_health: bool = Field(default=False, description="Whether health may be asked without a token, as probes do.")
    allow_insecure: bool = Field(
        default=False, description="Whether other machines may call without TLS and proof of who they are."
    )
    snapshot_public_key: Path | None = Field(
        default=None, description="Public keys, PEM; if given, only snapshots signed with one of them are served."
    )
    metrics_listen: str = Field(
        default="127.0.0.1:9464", description="Address and port of Prometheus metrics over HTTP; empty: none."
    )
    otlp_endpoint: str = Field(
        default="", description="URL of an OTLP gRPC collector of traces, http:// or https://; empty: no traces."
    )
    trace_sample_ratio: float = Field(
        default=0.01, ge=0, le=1, description="Share of calls traced where the caller has not decided."
    )
    log_calls: LogCalls = Field(
        default="all", description="Calls that get a log line; faults of the server's own always do."
    )
    log_sample_ratio: float = Field(
        default=1.0, ge=0, le=1, description="Share of calls logged among those that ended well."
    )
    min_recall: float = Field(
        default=0.95, ge=0, le=1, description="Least share of exact answers that a snapshot's index must find."
    )
    heed_drift: bool = Field(
        default=True, description="Whether answers weigh the latest events more once interests shift."
    )
    inspect_apart: bool = Field(
        default=True, description="Whether snapshots are checked in another process while one answers."
    )
    experiments: Path | None = Field(
        default=None, description="TOML file of tenants' experiments in exploration; without it nothing is explored."
    )
    catalogue_changes: str = Field(
        default="",
        description="Database of items changed online, an SQLAlchemy URL; empty: a file in the data directory.",
    )
    max_catalogue_changes: int = Field(
        default=5_000, ge=0, le=100_000, description="Items a tenant that may differ from the live snapshot's."
    )
    keep_loaded: int = Field(
        default=1, ge=0, le=16, description="Snapshots kept loaded after others took over, for a rollback at once."
    )
    keep_snapshots: int = Field(
        default=0, ge=0, description="Newest snapshots left on disk after a swap; 0 deletes none."
    )

    @field_validator("metrics_listen")
    @classmethod
    def _check_metrics_listen(cls, value: str) -> str:
        return cls._check_listen(value) if value else value

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, value: str) -> str:
        match = _LISTEN.fullmatch(value)
        if match is None or int(match["port"]) > 65_535:
            raise ValueError(f"{value!r} is not host:port")
        return value

    @field_validator("otlp_endpoint")
    @classmethod
    def _check_otlp_endpoint(cls, value: str) -> str:
        if value and not _URL.fullmatch(value):
            raise ValueError(f"{value!r} is not a URL such as http://localhost:4317")
        return value

    @field_validator("tenant_weights", "tenant_rates", mode="before")
    @classmethod
    def _split_numbers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = (pair.partition("=") for pair in value.split(",") if pair.strip())
        return {name.strip(): number for name, _, number in pairs}

    @field_validator("tenant_weights", "tenant_rates")
    @classmethod
    def _check_numbers(cls, value: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        least = 0.0 if info.field_name == "tenant_rates" else 1e-3
        for name, number in value.items():
            if not _TENANT.fullmatch(name) or not least <= number < math.inf:
                raise ValueError(f"{name}={number:g} is not a tenant's name and a number of at least {least:g}")
        return value

    @field_validator("tenants", "token_algorithms", "tls_client_names", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return tuple(filter(None, (name.strip() for name in value.split(",")))) if isinstance(value, str) else value

    @field_validator("tenants")
    @classmethod
    def _check_tenants(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _TENANT.fullmatch(name):
                raise ValueError(f"{name!r} is not a tenant's name: 1-63 of a-z, 0-9, '_' and '-'")
        return value

    @field_validator("token_keys")
    @classmethod
    def _check_token_keys(cls, value: str | None) -> str | None:
        if value is not None and (not value or ("://" in value and not value.startswith(("https://", "http://")))):
            raise ValueError(f"{value!r} is neither a file nor an http(s) URL")
        return value

    @model_validator(mode="after")
    def _check_what_goes_together(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together: give both or neither")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ValueError("tls_client_ca goes with tls_certificate and tls_key: clients prove themselves over TLS")
        if self.tls_client_names and self.tls_client_ca is None:
            raise ValueError("tls_client_names goes with tls_client_ca: without it clients show no certificate")
        if self.token_keys is not None and not (self.token_issuer and self.token_audience):
            raise ValueError("token_keys needs token_issuer and token_audience: any issuer's token would do otherwise")
        if self.token_keys is None and (self.token_issuer or self.token_audience):
            raise ValueError("token_issuer and token_audience do nothing without token_keys")
        return self


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
        if not fault["loc"]:  # settings that do not go together: no single one is at fault, or shown
            faults.append(fault["msg"].removeprefix("Value error, "))
            continue
        key = str(fault["loc"][0])
        origin = origins.get(key, "{}")
        shown = key.upper() if origin.startswith(ENVIRONMENT_PREFIX) else key
        shown = key.replace("_", "-") if origin.startswith("--") else shown
        what = "no such setting" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")
        faults.append(f"{origin.format(shown)}: {what} (got {fault['input']!r})")
    return "; ".join(faults)
