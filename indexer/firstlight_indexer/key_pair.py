"""Writes a new pair of signing keys, the private one readable by its owner only. Knows nothing of snapshots."""

import os
from pathlib import Path

from firstlight_indexer.errors import KeyFileError
from firstlight_store import SigningKey


def write_key_pair(private: Path) -> Path:
    """Writes the private key to ``private`` and the public one beside it, and returns that one's path.

    Raises:
        KeyFileError: one of the two is there already, or cannot be written.
    """
    key, public = SigningKey.new(), private.with_name(f"{private.name}.pub")
    for path, content, mode in ((private, key.private_pem, 0o600), (public, key.public_pem, 0o644)):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError as error:
            raise KeyFileError(f"{path} is there already; a key is never overwritten, choose another name") from error
        except OSError as error:
            raise KeyFileError(f"{path} cannot be written: {error.strerror}") from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    return public
