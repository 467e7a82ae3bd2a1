"""Retries, as gRPC's service config: the channel does them, within the call's deadline. No loop is written anywhere.

It knows which methods are idempotent and nothing of channels.
"""

import json
from dataclasses import dataclass

from firstlight import _arguments

# CANCELLED, since that is how a server that stops ends the calls it has not begun (grpc/grpc#41785); a call that the
# caller gives up is over in the channel already, and is not tried again.
_RETRYABLE_STATUSES = ("UNAVAILABLE", "RESOURCE_EXHAUSTED", "CANCELLED")
# gRPC counts whole milliseconds, and a wait that its jitter turns into 0 is never over: the call hangs until its
# deadline (grpc/grpc#41036).
_MIN_BACKOFF_S = 0.005
# ActivateSnapshot is left out: a second attempt would report the new snapshot as its own predecessor. So is SetCanary,
# since an operator's word must not come after the next one, as are changes of the catalogue, the health check, whose
# first answer is the answer, and DeleteUser and MergeUsers, whose second attempt would count nothing.
_IDEMPOTENT_METHODS = (
    {"service": "firstlight.v1.RecommendationService"},
    {"service": "firstlight.v1.FeedbackService", "method": "RecordEvents"},
    {"service": "firstlight.v1.FeedbackService", "method": "ExportUser"},
    {"service": "firstlight.v1.ProfileService"},
    {"service": "firstlight.v1.IndexService", "method": "GetSnapshot"},
    {"service": "firstlight.v1.IndexService", "method": "ListSnapshots"},
    {"service": "firstlight.v1.CatalogueService", "method": "TagItems"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How the channel retries idempotent calls that ended in UNAVAILABLE, RESOURCE_EXHAUSTED or CANCELLED.

    A server's pushback goes before the backoff; a negative one ends the retries. Retries stop altogether while more
    calls fail than succeed (gRPC's retry throttling), so that a struggling service is not pressed further.

    Attributes:
        max_attempts: How often a call is sent at most, the first included; gRPC allows 2..5.
        initial_backoff_s: The first wait before another attempt, in seconds, at least 0.005; each wait varies by 20 %.
        max_backoff_s: The longest wait, in seconds, at least 0.005.
        backoff_multiplier: By how much each wait is longer than the last.
        throttle_tokens: The bucket that each failed attempt takes 1 from; below half of it there are no retries.
        throttle_ratio: What each successful call puts back into it.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value that gRPC would refuse.

    """

    max_attempts: int = 4
    initial_backoff_s: float = 0.05
    max_backoff_s: float = 0.5
    backoff_multiplier: float = 2.0
    throttle_tokens: int = 100
    throttle_ratio: float = 0.1

    def __post_init__(self) -> None:
        if not 2 <= _arguments.integer("RetryPolicy.max_attempts", self.max_attempts) <= 5:
            raise ValueError(
                f"RetryPolicy.max_attempts must be in 2..5, got {self.max_attempts}; retry=None turns retries off"
            )
        for name in ("initial_backoff_s", "max_backoff_s"):
            if (wait_s := _arguments.seconds(f"RetryPolicy.{name}", getattr(self, name))) < _MIN_BACKOFF_S:
                raise ValueError(f"RetryPolicy.{name} must be at least {_MIN_BACKOFF_S}, got {wait_s}")
        for name in ("backoff_multiplier", "throttle_ratio"):
            if not 0 < _arguments.number(f"RetryPolicy.{name}", getattr(self, name)) <= 1000:
                raise ValueError(f"RetryPolicy.{name} must be above 0 and at most 1000, got {getattr(self, name)}")
        if not 1 <= _arguments.integer("RetryPolicy.throttle_tokens", self.throttle_tokens) <= 1000:
            raise ValueError(f"RetryPolicy.throttle_tokens must be in 1..1000, got {self.throttle_tokens}")


def service_config(policy: RetryPolicy | None) -> str:
    """Return the channel's service config as JSON: round robin over the addresses, and the retries, if any."""
    config: dict[str, object] = {"loadBalancingConfig": [{"round_robin": {}}]}
    if policy is not None:
        retry = {
            "maxAttempts": policy.max_attempts,
            "initialBackoff": _duration(policy.initial_backoff_s),
            "maxBackoff": _duration(policy.max_backoff_s),
            "backoffMultiplier": policy.backoff_multiplier,
            "retryableStatusCodes": list(_RETRYABLE_STATUSES),
        }
        config["methodConfig"] = [{"name": list(_IDEMPOTENT_METHODS), "retryPolicy": retry}]
        config["retryThrottling"] = {"maxTokens": policy.throttle_tokens, "tokenRatio": policy.throttle_ratio}
    return json.dumps(config)


def _duration(seconds: float) -> str:
    return f"{seconds:.9f}s"
