"""Certificates that change without a restart: each new connection gets the pair that the files hold then.

gRPC asks before every handshake, on a thread of its own; connections that are open keep what they began with. A new set
that is broken, or half written, is not taken: the old one stays until the files are sound. Knows nothing of calls.
"""

import threading

import grpc
from structlog.typing import FilteringBoundLogger

from firstlight_server.errors import SettingsError
from firstlight_server.tls.certificate_files import CertificateFiles, Certificates


class Renewal:
    """Follows ``files``; made with the first, sound set.

    Raises:
        SettingsError: the first set is not sound.
    """

    def __init__(self, files: CertificateFiles, *, logger: FilteringBoundLogger) -> None:
        self._files = files
        self._logger = logger
        self._lock = threading.Lock()
        self._seen = files.version()
        self._refused: str | None = None
        self._current = files.read()
        logger.info("certificate loaded", expires_at=self._current.expires_at.isoformat())

    def credentials(self) -> grpc.ServerCredentials:
        """What gRPC listens with. TLS 1.2 is the oldest that its core speaks; nothing here lowers that."""
        return grpc.dynamic_ssl_server_credentials(
            _configuration(self._current),
            self._renewed,  # type: ignore[arg-type]  # None means "no change"; the stub does not know
            require_client_authentication=self._files.client_ca is not None,
        )

    def _renewed(self) -> grpc.ServerCertificateConfiguration | None:
        with self._lock:
            # NOTE: taken before the files are read, so that a change during the reading is seen next time.
            version = self._files.version()
            if version == self._seen:
                return None
            self._seen = version
            return self._taken()

    def _taken(self) -> grpc.ServerCertificateConfiguration | None:
        try:
            found = self._files.read()
        except SettingsError as error:
            if str(error) != self._refused:
                self._refused = str(error)
                self._logger.error("certificate not renewed; the old one stays", fault=self._refused)
            return None
        self._refused = None
        if found == self._current:
            return None
        self._current = found
        self._logger.info("certificate renewed", expires_at=found.expires_at.isoformat())
        return _configuration(found)


def _configuration(certificates: Certificates) -> grpc.ServerCertificateConfiguration:
    pair = (certificates.key, certificates.chain)
    return grpc.ssl_server_certificate_configuration([pair], root_certificates=certificates.client_ca)
