"""What an operator can set about users' events: where they are kept, and how long anybody waits for them.

Part of `settings.Settings`. Knows nothing of databases.
"""

import re
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, model_validator

EMBEDDED = "embedded"
_SQLITE = re.compile(r"sqlite:///(?!.*:memory:).+")
_POSTGRESQL = re.compile(r"postgresql(\+psycopg)?://.+")


class FeedbackSettings(BaseModel):
    """The settings of the event log."""

    events_url: str = Field(
        default=EMBEDDED,
        description="Where users' events are kept: 'embedded' (SQLite in the data directory), sqlite:///FILE, "
        "postgresql://..., or empty: nowhere.",
        repr=False,  # it may hold a password
    )
    events_key_file: Path | None = Field(
        default=None,
        description="The key of users' pseudonyms, 64 hexadecimal digits; made beside SQLite, required for PostgreSQL.",
    )
    events_read: int = Field(default=50, ge=1, le=1_000, description="Latest stored events that an answer reads.")
    events_read_wait_s: float = Field(
        default=0.25, gt=0, le=60, description="How long an answer waits for the stored events of its user."
    )
    events_write_wait_s: float = Field(
        default=2.0, gt=0, le=60, description="How long a call waits until what it stores is durable."
    )
    events_calls: int = Field(default=16, ge=1, le=1_000, description="Calls of FeedbackService worked on at a time.")
    record_impressions: bool = Field(
        default=True, description="Whether what users are shown is remembered, so that feedback on it is attributed."
    )
    impression_backlog: int = Field(
        default=10_000, ge=1, description="Answers whose impressions wait to be stored; beyond it none is remembered."
    )

    events_keep_days: float = Field(
        default=0.0, ge=0, le=36_500, description="Days for which events and impressions are kept; 0: for ever."
    )

    @property
    def keeps_events(self) -> bool:
        """Whether there is an event log."""
        return bool(self.events_url)

    @property
    def embeds_events(self) -> bool:
        """Whether the event log is a file of this machine, read without a network between."""
        return self.events_url == EMBEDDED or bool(_SQLITE.fullmatch(self.events_url))

    # NOTE: of the whole model, since the message about a single setting would show its value, and thus a password.
    @model_validator(mode="after")
    def _check_events_url(self) -> Self:
        url = self.events_url
        if url and url != EMBEDDED and not _SQLITE.fullmatch(url) and not _POSTGRESQL.fullmatch(url):
            raise ValueError(
                "events_url is neither 'embedded', sqlite:///FILE, postgresql://USER@HOST/NAME nor empty (no events)"
            )
        if _POSTGRESQL.fullmatch(url) and self.events_key_file is None:
            raise ValueError(
                "events_url names PostgreSQL, so events_key_file is needed: every server must know a user by the same "
                "pseudonym; make one with `openssl rand -hex 32`"
            )
        return self
