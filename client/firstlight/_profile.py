"""What the service says of a user's interests. It does not know how that travelled."""

from dataclasses import dataclass, field
from datetime import datetime

from firstlight._enums import Change, EventType
from firstlight._recommendation import RequestWarning


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfiledInterest:
    """A category or a brand, and how much it counts.

    Attributes:
        category: A category's path, levels joined by " > "; empty if it is a brand.
        brand: A brand; empty if it is a category.
        weight: Its share of the user's interest in categories, or in brands; of a prediction, its probability.

    """

    category: str = ""
    brand: str = ""
    weight: float = 0.0

    @property
    def name(self) -> str:
        """The category or the brand."""
        return self.category or self.brand


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestCluster:
    """Items of the user that are alike.

    Attributes:
        weight: Its share of the user's interest.
        name: The category path that most of the items carry; empty where they carry none.
        item_ids: The items, latest first; at most 10.

    """

    weight: float
    name: str = ""
    item_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestChange:
    """One interest that changes.

    Attributes:
        interest: The interest, with its weight over the short horizon.
        change: How it changes.
        weight_before: Its weight over the long horizon.

    """

    interest: ProfiledInterest
    change: Change
    weight_before: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Whether a user's interests shift.

    Attributes:
        score: How far the latest events are from what came before, as a share of users that are nearer.
        detected: Whether that counts as a shift, and nothing has settled since.
        detected_at: When the shift was noticed; None if none was, or its event had no time.
        events_since: How many events lie behind the shift; 0 if none was noticed.
        changes: What changes, strongest first.

    """

    score: float = 0.0
    detected: bool = False
    detected_at: datetime | None = None
    events_since: int = 0
    changes: tuple[InterestChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoryPoint:
    """A user's interests at one time.

    Attributes:
        at: The time of the event they had come to; None if it had none.
        interests: The interests then, over the short horizon, strongest first.

    """

    at: datetime | None = None
    interests: tuple[ProfiledInterest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEventType:
    """A type of event, and how probable it is next."""

    type: EventType
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What the user is likely to do next, most probable first; a weight is a probability.

    Attributes:
        categories: Of the next item.
        brands: Of the next item.
        event_types: Of what is done; types that this version does not know are left out.

    """

    categories: tuple[ProfiledInterest, ...] = ()
    brands: tuple[ProfiledInterest, ...] = ()
    event_types: tuple[NextEventType, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestProfile:
    """What a user is interested in.

    Attributes:
        long_term: Over the long horizon, strongest first.
        short_term: Over the short horizon, strongest first.
        clusters: Groups of like items among those the user touched, largest first.
        drift: Whether interests shift, and which.
        trajectory: How interests moved, oldest first; only where it was asked for.
        next: What the user is likely to do next.
        event_count: How many events were read; 0 of a user never seen.
        warnings: What was odd.
        snapshot_id: The snapshot that answered.
        request_id: The call's id, for the logs of both sides.

    """

    long_term: tuple[ProfiledInterest, ...] = ()
    short_term: tuple[ProfiledInterest, ...] = ()
    clusters: tuple[InterestCluster, ...] = ()
    drift: Drift = field(default_factory=Drift)
    trajectory: tuple[TrajectoryPoint, ...] = ()
    next: NextStep = field(default_factory=NextStep)
    event_count: int = 0
    warnings: tuple[RequestWarning, ...] = ()
    snapshot_id: str = ""
    request_id: str = ""
