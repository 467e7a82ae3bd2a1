"""What holds for every test."""

import logging


def pytest_collection_finish() -> None:
    """Keeps pytest's handlers off the logger that torch traces with: for a handler there it writes down every graph.

    pytest hangs them on loggers that do not propagate; this one's own handler is gone after its first record.
    """
    logging.getLogger("torch.__trace").propagate = True
