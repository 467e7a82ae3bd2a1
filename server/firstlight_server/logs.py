"""Structured logs: one JSON object a line on standard error. Knows nothing of what is logged."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import FilteringBoundLogger

from firstlight_server.redaction import without_tokens


def json_logger(level: str = "info", *, stream: TextIO | None = None) -> FilteringBoundLogger:
    """A logger of its own (no global configuration) that drops what is below ``level``."""
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_tokens,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    return logger
