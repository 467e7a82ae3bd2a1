"""Makes how snapshots are loaded out of the settings. Knows nothing of snapshots."""

from firstlight_server.loaded_snapshot import Loading
from firstlight_server.metrics.text_metrics import TextMetrics
from firstlight_server.settings import Settings


def loading_of(settings: Settings, *, text_metrics: TextMetrics) -> Loading:
    """How the ``settings`` want snapshots loaded; encoded texts are told to ``text_metrics``."""
    return Loading(
        min_recall=settings.min_recall,
        text_cache_entries=settings.text_cache_entries,
        text_metrics=text_metrics,
        heed_drift=settings.heed_drift,
    )
