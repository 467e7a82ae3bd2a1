"""What a server would find bad in its settings once it starts, found where several workers are started from.

So that it is told once, before anything listens. Reads files, connects to nothing, and imports what it needs only where
it is asked for: whoever starts workers stays small. Knows nothing of workers.
"""

from firstlight_server.settings import Settings


def require_sound(settings: Settings) -> None:
    """Returns if what the settings name can be read and understood.

    Raises:
        SettingsError: it cannot; one line that names the setting, the file, and what is wrong with it.
    """
    if settings.experiments is not None:
        from firstlight_server.exploration.experiment_settings import read_experiments  # noqa: PLC0415

        read_experiments(settings.experiments, tenants=settings.tenants)
    if settings.keeps_events:
        from firstlight_server.memory.key_file import read_key  # noqa: PLC0415
        from firstlight_server.memory.location import location  # noqa: PLC0415

        where = location(settings)
        if not where.makes_key:
            read_key(where.key_file)
    if settings.snapshot_public_key is not None:
        from firstlight_server.tenants_of import trusted_keys  # noqa: PLC0415

        trusted_keys(settings.snapshot_public_key)
