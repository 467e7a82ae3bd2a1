"""What holds for every test."""

import gc
import logging

NEW_OBJECTS = 20_000
"""So many more than Python's own number lie about before garbage is looked for: tests make many, and each ends soon."""


def pytest_collection() -> None:
    """Collects no garbage while tests are imported: there is none, and looking for it takes a second."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leaves alone what was imported, and keeps pytest's handlers off the logger that torch traces with.

    What was imported stays for ever: looking through it for garbage takes half a second a time. And for a handler on
    that logger torch writes down every graph; pytest hangs handlers on loggers that do not propagate, and this one's
    own is gone after its first record.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()
    logging.getLogger("torch.__trace").propagate = True
