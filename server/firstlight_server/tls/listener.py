"""Opens the port, with TLS where certificates are set; refuses a door that stands open to everybody by oversight.

Knows nothing of calls.
"""

import ipaddress

import grpc.aio
from structlog.typing import FilteringBoundLogger

from firstlight_server.errors import SettingsError
from firstlight_server.settings import Settings
from firstlight_server.tls.certificate_files import CertificateFiles
from firstlight_server.tls.renewal import Renewal


def listen(server: grpc.aio.Server, settings: Settings, *, logger: FilteringBoundLogger) -> int:
    """Returns the port that ``server`` will answer on.

    Raises:
        SettingsError: the address cannot be listened on, the certificates are not sound, or anybody could call.
    """
    require_guarded(settings, logger=logger)
    files = CertificateFiles.of(settings)
    try:
        if files is None:
            return server.add_insecure_port(settings.listen)
        return server.add_secure_port(settings.listen, Renewal(files, logger=logger).credentials())
    except RuntimeError as error:
        raise SettingsError(f"listen: {settings.listen} cannot be listened on; is the port taken? ({error})") from error


def require_guarded(settings: Settings, *, logger: FilteringBoundLogger) -> None:
    """Looks whether other machines could call without TLS or without proof of who they are; warns if that is meant.

    Raises:
        SettingsError: they could, and ``allow_insecure`` does not say that it is meant.
    """
    faults = _faults(settings)
    if not faults or _is_loopback(settings.listen):
        return
    if not settings.allow_insecure:
        raise SettingsError(
            f"listen: {settings.listen} is open to other machines, but {' and '.join(faults)}; or say "
            "allow_insecure=true where a mesh or a firewall stands guard"
        )
    logger.warning("insecure", address=settings.listen, because=f"{' and '.join(faults)} (allow_insecure)")


def _faults(settings: Settings) -> list[str]:
    faults: list[str] = []
    if settings.tls_certificate is None:
        faults.append("speaks no TLS: set tls_certificate and tls_key")
    if settings.tls_client_ca is None and settings.token_keys is None:
        faults.append("asks nobody who they are: set token_keys or tls_client_ca")
    return faults


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
