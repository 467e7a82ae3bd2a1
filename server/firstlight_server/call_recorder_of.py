"""Makes the recorder of calls that the settings ask for. Knows nothing of how it works."""

from structlog.typing import FilteringBoundLogger

from firstlight_server.call_log import CallLog
from firstlight_server.call_recorder import CallRecorder
from firstlight_server.call_span import CallTracer
from firstlight_server.errors import SettingsError
from firstlight_server.metrics.call_metrics import CallMetrics
from firstlight_server.settings import Settings


def call_recorder_of(settings: Settings, *, metrics: CallMetrics, logger: FilteringBoundLogger) -> CallRecorder:
    """The recorder of ``settings``.

    Raises:
        SettingsError: what traces need is not installed.
    """
    log = CallLog(logger, calls=settings.log_calls, sample_ratio=settings.log_sample_ratio)
    return CallRecorder(log=log, metrics=metrics, tracer=_tracer(settings, logger))


def _tracer(settings: Settings, logger: FilteringBoundLogger) -> CallTracer | None:
    if not settings.otlp_endpoint:
        return None
    try:
        from firstlight_server.tracing import OtlpTracer  # noqa: PLC0415 - opentelemetry only where asked for
    except ImportError as error:
        raise SettingsError(
            f"otlp_endpoint: tracing needs the extra: pip install 'firstlight[tracing]' ({error})"
        ) from error
    return OtlpTracer(settings.otlp_endpoint, sample_ratio=settings.trace_sample_ratio, logger=logger)
