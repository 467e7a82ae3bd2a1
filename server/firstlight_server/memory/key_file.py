"""The file that holds the key of users' pseudonyms: read, or made once, whoever of several workers comes first.

Without it stored events can no longer be found by their users. Knows nothing of what the key is for.
"""

import os
import secrets
from pathlib import Path

from firstlight_server.errors import SettingsError
from firstlight_store import FileSystem
from firstlight_store.event_log.pseudonyms import KEY_BYTES


def read_key(file: Path) -> bytes:
    """The key in ``file``.

    Raises:
        SettingsError: it cannot be read, or holds no key.
    """
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds something else"
        raise SettingsError(
            f"events_key_file: {file} does not give {2 * KEY_BYTES} hexadecimal digits: {reason}"
        ) from None
    if len(key) != KEY_BYTES:
        raise SettingsError(f"events_key_file: {file} gives {2 * len(key)} hexadecimal digits, not {2 * KEY_BYTES}")
    return key


def made_key(file: Path) -> bytes:
    """The key in ``file``, made if there is none: for its owner's eyes only, and durable.

    Raises:
        OSError: it cannot be made.
        SettingsError: the one that is there cannot be read, or is no key.
    """
    if not file.exists():
        temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        _write(temporary, f"{secrets.token_hex(KEY_BYTES)}\n")
        try:
            os.link(temporary, file)  # NOTE: unlike a rename it never replaces the key that another worker made
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        FileSystem().fsync(file.parent)
    return read_key(file)


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(descriptor)
