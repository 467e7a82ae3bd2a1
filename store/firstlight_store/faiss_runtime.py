"""Loads FAISS, once and carefully. Every other file gets the module from here; nobody else imports it.

FAISS ships as several distributions that own the same module and break one another unnoticed, and its readers trust
what they read. Both are dealt with before the first use.
"""

import importlib
import threading
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from firstlight_store.errors import FaissUnavailable, LayoutMismatch

_DISTRIBUTIONS: Final = (
    "faiss-cpu",
    "faiss-gpu",
    "faiss-gpu-cu11",
    "faiss-gpu-cu12",
    "faiss-gpu-cuvs",
    "faiss-cuda",
    "faiss",
)
_MOST_LISTS: Final = 1 << 20
_SPARE_BYTES: Final = 1 << 16
_READING = threading.Lock()


@cache
def load_faiss() -> Any:
    """Return the faiss module.

    Raises:
        FaissUnavailable: it is not installed, or two distributions own it.
    """
    require_one_owner(faiss_owners())
    try:
        return importlib.import_module("faiss")
    except ImportError as error:
        raise FaissUnavailable(f"FAISS cannot be loaded ({error}); install 'firstlight[cpu]'") from error


def faiss_owners(path: Sequence[str] | None = None) -> list[str]:
    """Return the installed distributions that ship the faiss module, sorted; `path` defaults to `sys.path`."""
    search: dict[str, Any] = {} if path is None else {"path": list(path)}
    return sorted(name for name in _DISTRIBUTIONS if any(True for _ in metadata.distributions(name=name, **search)))


def require_one_owner(owners: Sequence[str]) -> None:
    """Check that exactly one distribution owns the faiss module.

    Raises:
        FaissUnavailable: none does, or several do.
    """
    if not owners:
        raise FaissUnavailable("FAISS is not installed; install 'firstlight[cpu]', or 'firstlight[gpu]' with a GPU")
    if len(owners) > 1:
        names = " and ".join(owners)
        raise FaissUnavailable(
            f"{names} are both installed and own the same module, which breaks it; uninstall all of them and install "
            f"one again (pip uninstall {' '.join(owners)})"
        )


def read_faiss_index(path: Path) -> Any:
    """Map an index file read-only, or read it where its type cannot be mapped.

    NOTE: call it on verified bytes only. The limits contain an honest mistake, not an attacker.

    Raises:
        LayoutMismatch: FAISS cannot read it.
    """
    faiss = load_faiss()
    with _READING:  # The limits are process-wide.
        faiss.set_deserialization_vector_byte_limit(path.stat().st_size + _SPARE_BYTES)
        faiss.set_deserialization_loop_limit(_MOST_LISTS)
        try:
            # No tables for product codes: inner products never use them, and their size would count against the limit.
            return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_SKIP_PRECOMPUTE_TABLE)
        except RuntimeError:
            return _read_into_memory(path)


def gpu_count() -> int:
    """Return how many GPUs FAISS can build on: 0 for faiss-cpu."""
    faiss = load_faiss()
    return int(faiss.get_num_gpus()) if hasattr(faiss, "StandardGpuResources") else 0


def _read_into_memory(path: Path) -> Any:
    try:
        return load_faiss().read_index(str(path))
    except RuntimeError as error:
        raise LayoutMismatch(f"{path} is not an index that this FAISS reads ({error}); rebuild it") from error
