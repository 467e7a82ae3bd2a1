"""A user's interest profile: what they like over both horizons, in which groups, how that moves and what comes next.

Knows nothing of catalogues, requests or clocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.profile.change_point import FIRES_AT, NO_SHIFT, ChangePointModel
from firstlight_encoder.profile.clusters import MOST_ITEMS, clusters
from firstlight_encoder.profile.horizon import LONG, SHORT, Horizon
from firstlight_encoder.profile.interests import InterestChange, changes, shares
from firstlight_encoder.profile.profile_model import ProfileModel

TRAJECTORY_POINTS = 12
RECENT_EVENTS = 5
"""Without a shift, changes are told against the events before so many of the latest."""
ITEMS_A_CLUSTER = 10
ALIKE = 0.25
"""Mean cosine, less what all items have in common, from which groups of items count as one: users' own items have
about as much on average, those of two users about none."""


@dataclass(frozen=True)
class Touched:
    """What a user did, oldest first; ``n`` events.

    Attributes:
        vectors: ``(n, d)`` float32, unit rows.
        worths: ``(n,)`` float64, how much each event speaks for its item; negative against it.
        gaps_h: ``(n,)`` float64, hours before now.
        item_ids: of the items; empty where only text is known.
        categories: whole paths as one name; None where unknown.
        brands: None where unknown.
        types: names of the types of events.
    """

    vectors: NDArray[np.float32]
    worths: NDArray[np.float64]
    gaps_h: NDArray[np.float64]
    item_ids: Sequence[str]
    categories: Sequence[str | None]
    brands: Sequence[str | None]
    types: Sequence[str]

    def __len__(self) -> int:
        return len(self.worths)

    def names(self, subject: str) -> Sequence[str | None]:
        """What each event is about, by a subject of ``profile_model.SUBJECTS``."""
        return {"category": self.categories, "brand": self.brands, "event_type": self.types}[subject]


@dataclass(frozen=True)
class Cluster:
    """Items that are alike: their share of interest, the name most of them carry, and the latest of them first."""

    weight: float
    name: str
    item_ids: tuple[str, ...]


@dataclass(frozen=True)
class Drift:
    """How interests shift.

    Attributes:
        score: share of users whose latest events are nearer to what came before.
        noticed: the number of the event with which the shift was noticed; None if none was.
        events_since: how many events lie behind it; 0 if none was noticed.
        changes: by subject, what moves.
    """

    score: float
    noticed: int | None
    events_since: int
    changes: dict[str, list[InterestChange]]


@dataclass(frozen=True)
class UserProfile:
    """The profile; interests by subject, "category" or "brand", strongest first.

    Attributes:
        long: shares over the long horizon.
        short: shares over the short one.
        clusters: largest first.
        drift: what shifts.
        trajectory: numbers of events, each with the shares of categories over the short horizon up to it.
        next: by subject, probable names with their probabilities.
    """

    long: dict[str, dict[str, float]]
    short: dict[str, dict[str, float]]
    clusters: list[Cluster]
    drift: Drift
    trajectory: list[tuple[int, dict[str, float]]]
    next: dict[str, list[tuple[str, float]]]


def user_profile(touched: Touched, model: ProfileModel, *, most: int, want_trajectory: bool) -> UserProfile:
    """Reads a profile.

    Args:
        touched: what the user did.
        model: of the snapshot.
        most: how many interests, clusters, changes and predictions of each kind.
        want_trajectory: whether to follow the interests through time.
    """
    return UserProfile(
        long=_interests(touched, LONG, most),
        short=_interests(touched, SHORT, most),
        clusters=_clusters(touched, model.change)[:most],
        drift=_drift(touched, model.change, most),
        trajectory=_trajectory(touched, most) if want_trajectory else [],
        next={
            subject: one.likely(touched.names(subject), touched.gaps_h, most=most)
            for subject, one in model.following.items()
        },
    )


def _interests(touched: Touched, horizon: Horizon, most: int) -> dict[str, dict[str, float]]:
    worths = touched.worths * horizon.fade(touched.gaps_h)
    return {subject: _first(shares(touched.names(subject), worths), most) for subject in ("category", "brand")}


def _clusters(touched: Touched, change: ChangePointModel | None) -> list[Cluster]:
    """Groups of the latest distinct items that the user speaks for."""
    latest = {key: place for place, key in enumerate(touched.item_ids) if key and touched.worths[place] > 0}
    places = np.array(sorted(latest.values())[-MOST_ITEMS:], np.int64)
    if not len(places):
        return []
    worths = (touched.worths * LONG.fade(touched.gaps_h))[places]
    own = touched.vectors[places].astype(np.float64) - (0 if change is None else change.axes.centre)
    own /= np.linalg.norm(own, axis=1, keepdims=True) + 1e-9
    groups = [(float(worths[group].sum() / worths.sum()), places[group]) for group in clusters(own, least=ALIKE)]
    groups.sort(key=lambda group: (-group[0], -int(group[1][-1])))
    return [Cluster(weight, _name(touched, group), _latest(touched, group)) for weight, group in groups]


def _name(touched: Touched, group: NDArray[np.int64]) -> str:
    places: list[int] = group.tolist()
    carried = shares([touched.categories[place] for place in places], np.ones(len(places)))
    return next(iter(carried), "")


def _latest(touched: Touched, group: NDArray[np.int64]) -> tuple[str, ...]:
    latest: list[int] = group[::-1][:ITEMS_A_CLUSTER].tolist()
    return tuple(str(touched.item_ids[place]) for place in latest)


def _drift(touched: Touched, change: ChangePointModel | None, most: int) -> Drift:
    wanted = np.flatnonzero(touched.worths > 0)
    vectors = touched.vectors[wanted]
    shift = NO_SHIFT if change is None else change.shift(vectors)
    fires = shift.score >= FIRES_AT
    since = shift.events_since if fires else 0
    border = int(wanted[-since]) if since else max(0, len(touched) - RECENT_EVENTS)
    noticed = None if change is None or not fires else int(wanted[_noticed(change, vectors, since)])
    return Drift(shift.score, noticed, len(touched) - border if since else 0, _changes(touched, border, most))


def _noticed(change: ChangePointModel, vectors: NDArray[np.float32], since: int) -> int:
    """The first event after the shift from which on the detector has fired without a break."""
    first = len(vectors) - since
    quiet = (last for last in range(len(vectors) - 1, first, -1) if change.shift(vectors[:last]).score < FIRES_AT)
    return next(quiet, first)


def _changes(touched: Touched, border: int, most: int) -> dict[str, list[InterestChange]]:
    """What moves between the events before ``border`` and the short horizon."""
    past = touched.worths[:border] * LONG.fade(touched.gaps_h[:border])
    now = touched.worths * SHORT.fade(touched.gaps_h)
    return {
        subject: changes(shares(touched.names(subject)[:border], past), shares(touched.names(subject), now))[:most]
        for subject in ("category", "brand")
    }


def _trajectory(touched: Touched, most: int) -> list[tuple[int, dict[str, float]]]:
    """The short horizon at up to ``TRAJECTORY_POINTS`` events, evenly spread, the latest among them."""
    count = min(TRAJECTORY_POINTS, len(touched))
    ends = np.unique(np.linspace(1, len(touched), count).round().astype(np.int64)) if count else np.zeros(0, np.int64)
    return [(end - 1, _first(_short(touched, end), most)) for end in ends.tolist()]


def _short(touched: Touched, end: int) -> dict[str, float]:
    gaps_h = touched.gaps_h[:end] - touched.gaps_h[end - 1]
    return shares(touched.categories[:end], touched.worths[:end] * SHORT.fade(gaps_h))


def _first(own: dict[str, float], most: int) -> dict[str, float]:
    return dict(list(own.items())[:most])
