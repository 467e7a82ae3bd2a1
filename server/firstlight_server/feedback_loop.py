"""The feedback loop of a server as a whole: what remembers, what learns, and what changes catalogues; ended together.

Knows nothing of how any of it works.
"""

from dataclasses import dataclass

from firstlight_server.catalogue.changing import Changing
from firstlight_server.exploration.exploration import Exploration
from firstlight_server.memory.remembering import Remembering


@dataclass(frozen=True)
class FeedbackLoop:
    """The parts.

    Attributes:
        feedback: what remembers users.
        changing: what changes catalogues.
        exploration: the experiments, and what learns for them.
    """

    feedback: Remembering
    changing: Changing
    exploration: Exploration

    async def close(self) -> None:
        """Keeps what was learnt, stores what waits, and lets go of every database; who learns ends before its log."""
        await self.exploration.close()
        await self.feedback.close()
        await self.changing.close()
