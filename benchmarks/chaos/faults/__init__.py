"""The faults. Every module here offers ``FAULTS``, a tuple of `Fault`: a new file is a new row, and that is all."""

import importlib
import pkgutil

from benchmarks.chaos.fault import Fault


def all_faults() -> list[Fault]:
    """Every fault of every module, by id.

    Raises:
        ValueError: two have the same id.
    """
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    faults: list[Fault] = sorted((fault for module in modules for fault in module.FAULTS), key=lambda fault: fault.id)
    ids = [fault.id for fault in faults]
    if len(set(ids)) < len(ids):
        raise ValueError(f"two faults have one id: {ids}")
    return faults
