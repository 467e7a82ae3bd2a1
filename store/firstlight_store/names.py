"""The strict patterns that tenant names, snapshot ids and file names must match; it never touches the disk."""

import re
from typing import Final

from firstlight_store.errors import FileUnsafe, InvalidNameError

_TENANT: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SNAPSHOT_ID: Final = re.compile(r"s-[0-9a-f]{12}")
_FILE_NAME_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_DEEPEST: Final = 4
_LOADABLE: Final = frozenset({".json", ".parquet", ".safetensors", ".npy", ".faiss", ".onnx", ".data", ".txt"})


def require_tenant(name: str) -> str:
    """Return `name` if it is a tenant name: 1-63 of a-z, 0-9, `_`, `-`, not starting with a sign.

    Raises:
        InvalidNameError: it is anything else, an empty name included.
    """
    if not _TENANT.fullmatch(name):
        raise InvalidNameError(f"tenant {name[:80]!r} is not a name: use 1-63 of a-z, 0-9, '_' and '-'")
    return name


def is_tenant(name: str) -> bool:
    """Whether `name` could be a tenant's directory."""
    return _TENANT.fullmatch(name) is not None


def require_snapshot_id(text: str) -> str:
    """Return `text` if it is a snapshot id: `s-` and 12 hexadecimal digits.

    Raises:
        InvalidNameError: it is anything else.
    """
    if not _SNAPSHOT_ID.fullmatch(text):
        raise InvalidNameError(f"snapshot id {text[:80]!r} is not 's-' and 12 hexadecimal digits")
    return text


def is_snapshot_id(text: str) -> bool:
    """Whether `text` could be a snapshot's directory."""
    return _SNAPSHOT_ID.fullmatch(text) is not None


def require_file_name(name: str) -> str:
    """Return `name` if it is a plain relative path inside a snapshot and of a type that is never executed on load.

    Raises:
        FileUnsafe: it is absolute, climbs, is hidden, too deep, or could be a pickle.
    """
    parts = name.split("/")
    if len(parts) > _DEEPEST or not all(_FILE_NAME_PART.fullmatch(part) for part in parts):
        raise FileUnsafe(f"file name {name[:120]!r} is not a plain relative path of at most {_DEEPEST} parts")
    if "." + parts[-1].rpartition(".")[2] not in _LOADABLE:
        allowed = ", ".join(sorted(_LOADABLE))
        raise FileUnsafe(f"file {name!r} is of a type that snapshots never hold (allowed: {allowed}); remove it")
    return name
