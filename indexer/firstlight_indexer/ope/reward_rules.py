"""What feedback is worth: a reward for each event type, within a time after the answer. Knows nothing of logs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstlight_indexer.contract import EVENT_TYPES
from firstlight_indexer.errors import FeedbackError

DEFAULT_WINDOW_S = 86_400.0


@dataclass(frozen=True)
class RewardRules:
    """How events become rewards.

    Attributes:
        by_type: event type -> what one is worth, multiplied by the event's weight; other types are worth nothing.
        window_s: how long after an answer its items may still earn, in seconds.
    """

    by_type: Mapping[str, float]
    window_s: float = DEFAULT_WINDOW_S

    @classmethod
    def parse(cls, texts: Sequence[str], *, window_s: float) -> "RewardRules":
        """Reads ``type=reward`` pairs as a command line has them.

        Raises:
            FeedbackError: a pair is not one, its type is no event's, its reward is not finite, or the window is not
                positive.
        """
        if not 0 < window_s < math.inf:
            raise FeedbackError(f"the window is {window_s} seconds; it must be above 0 and finite")
        return cls(dict(_pair(text) for text in texts), window_s)

    def reward(self, event_type: str, *, weight: float, after_s: float) -> float:
        """What an event ``after_s`` seconds after its answer is worth; 0 before it, or too late."""
        return self.by_type.get(event_type, 0.0) * weight if 0 <= after_s <= self.window_s else 0.0


def _pair(text: str) -> tuple[str, float]:
    name, separator, number = text.partition("=")
    try:
        reward = float(number)
    except ValueError:
        reward = math.nan
    if not name or not separator or not math.isfinite(reward):
        raise FeedbackError(f"the reward {text!r} is not TYPE=NUMBER, such as purchase=1")
    if name not in EVENT_TYPES:
        raise FeedbackError(f"the reward {text!r} is of no type of event; there are {', '.join(EVENT_TYPES)}")
    return name, reward
