"""The ``firstlight-server`` command. Takes names, defaults and meanings from `settings.py`.

The server itself is imported only after the thread counts are fixed, since OpenMP and BLAS read them when they load.
Knows nothing of what the server does.
"""

import asyncio
import os
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from firstlight_server.errors import ServerError, SettingsError
from firstlight_server.settings import Settings, load_settings

# One thread a worker, and none that spins: servers scale by processes. An operator's own values stand.
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
# ONNX Runtime reports to its vendor unless told otherwise, and keeps an id in the home directory, which a server lacks.
_REPORTS = {"ORT_DISABLE_TELEMETRY": "1"}

app = typer.Typer(
    help="Serves recommendations over gRPC.", no_args_is_help=True, add_completion=False, rich_markup_mode="markdown"
)


def _option(name: str) -> Any:
    field = Settings.model_fields[name]
    return typer.Option(help=f"{field.description} Default: {field.default!s}.", show_default=False)


_Config = Annotated[Path | None, typer.Option(help="TOML file of settings.")]
_DataDir = Annotated[Path | None, _option("data_dir")]
_Tenants = Annotated[str | None, _option("tenants")]
_LogLevel = Annotated[str | None, _option("log_level")]
_Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Any other setting, such as --set poll_interval_s=5."),
]


@app.command()
def serve(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    config: _Config = None,
    data_dir: _DataDir = None,
    listen: Annotated[str | None, _option("listen")] = None,
    tenants: _Tenants = None,
    reflection: Annotated[bool | None, _option("reflection")] = None,
    log_level: _LogLevel = None,
    others: _Set = None,
) -> None:
    """Serve until SIGTERM or SIGINT; exit 1 if calls had to be cut off, 2 if a setting is bad."""
    given = {
        "data_dir": data_dir, "listen": listen, "tenants": tenants, "reflection": reflection, "log_level": log_level,
    }  # fmt: skip
    with _one_line_errors():
        settings = load_settings(_merged(given, others), config=config)
        status = _supervise(settings) if settings.workers > 1 else _serve(settings)
    raise typer.Exit(status)


@app.command()
def check(
    config: _Config = None,
    data_dir: _DataDir = None,
    tenants: _Tenants = None,
    log_level: _LogLevel = None,
    others: _Set = None,
) -> None:
    """Verify, load and warm every tenant's current snapshot without listening; exit 1 if one does not answer."""
    given = {"data_dir": data_dir, "tenants": tenants, "log_level": log_level}
    with _one_line_errors():
        settings = load_settings(_merged(given, others), config=config)
        from firstlight_server.check import check_tenants  # noqa: PLC0415 - see the module's docstring
        from firstlight_server.logs import json_logger  # noqa: PLC0415

        results = asyncio.run(check_tenants(settings, logger=json_logger(settings.log_level)))
    for result in results:
        sys.stdout.write(f"{result.tenant}: {result.summary}\n")
    raise typer.Exit(0 if results and all(result.ok for result in results) else 1)


@app.command()
def probe(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    config: _Config = None,
    target: Annotated[str | None, typer.Option(help="host:port to ask; else where `listen` says.")] = None,
    service: Annotated[str, typer.Option(help="A service's full name; else the whole server is asked for.")] = "",
    timeout_s: Annotated[float, typer.Option(min=0.001, help="Seconds to wait for the answer.")] = 2.0,
    ca: Annotated[Path | None, typer.Option(help="Authorities to trust, PEM; without them, plaintext.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="Our own certificate, PEM, for mutual TLS.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key, PEM.")] = None,
    server_name: Annotated[str | None, typer.Option(help="The name in the server's certificate.")] = None,
) -> None:
    """Ask a running server for its health; exit 0 if it is SERVING, else 1."""
    with _one_line_errors():
        from firstlight_server.probe import ProbeTLS, probe, target_of  # noqa: PLC0415 - grpc only where needed

        target = target or target_of(load_settings({}, config=config).listen)
        tls = ProbeTLS(ca=ca, certificate=certificate, key=key, server_name=server_name)
        result = probe(target, service=service, timeout_s=timeout_s, tls=tls)
    sys.stdout.write(f"{result.summary}\n")
    raise typer.Exit(0 if result.ok else 1)


def main() -> None:
    """The console script."""
    for name, value in (_THREADS | _REPORTS).items():
        os.environ.setdefault(name, value)
    app()


def _serve(settings: Settings) -> int:
    import uvloop  # noqa: PLC0415 - see the module's docstring

    from firstlight_server.app import serve as serve_app  # noqa: PLC0415
    from firstlight_server.logs import json_logger  # noqa: PLC0415

    return uvloop.run(serve_app(settings, logger=json_logger(settings.log_level)))


def _supervise(settings: Settings) -> int:
    from firstlight_server.logs import json_logger  # noqa: PLC0415 - see the module's docstring
    from firstlight_server.preflight import require_sound  # noqa: PLC0415
    from firstlight_server.workers.supervisor import supervise  # noqa: PLC0415

    require_sound(settings)
    return asyncio.run(supervise(settings, logger=json_logger(settings.log_level)))


def _merged(given: dict[str, Any], others: Iterable[str] | None) -> dict[str, Any]:
    for pair in others or ():
        name, separator, value = pair.partition("=")
        if not separator:
            raise SettingsError(f"--set {pair}: write it as NAME=VALUE")
        given[name.replace("-", "_")] = value
    return given


@contextmanager
def _one_line_errors() -> Generator[None]:
    try:
        yield
    except ServerError as error:
        sys.stderr.write(f"firstlight-server: {error}\n")
        raise typer.Exit(2) from error
