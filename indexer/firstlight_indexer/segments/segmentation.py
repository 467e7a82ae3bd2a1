"""Segments a log's users: vectors, clusters, names. Knows nothing of files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_indexer.segments.matching import matched
from firstlight_indexer.segments.typical import Typical, typical
from firstlight_indexer.segments.user_vectors import UserVectors
from firstlight_store.spherical_k_means import Clusters, spherical_k_means

_LEAST_SHARE = 0.05
"""Of a segment's users who must take what it is named after."""
_TOP = 5
_IN_NAME = 2


@dataclass(frozen=True)
class TopName:
    """A category or brand that is typical of a segment: the share of its users who take it, and of all users."""

    name: str
    share: float
    share_of_all: float


@dataclass(frozen=True)
class Segment:
    """One segment.

    Attributes:
        id: lasts from run to run, and is never given to another one.
        name: what is typical of it; lasts like the id.
        size: how many users.
        cohesion: the mean cosine of its users with its centroid.
        top: what is typical of it, by kind ("category", "brand", "phrase"), the surest first.
        shared: Jaccard's index of its members with those of the run before; None for a new segment.
    """

    id: int
    name: str
    size: int
    cohesion: float
    top: Mapping[str, tuple[TopName, ...]]
    shared: float | None


@dataclass(frozen=True)
class Segmentation:
    """All segments, the largest first.

    Attributes:
        segments: the segments.
        user_ids: the users who are in one.
        members: ``(u,)`` int64, the id of each one's segment.
        cosines: ``(u,)`` float32, of each user with the centroid of the segment.
        centroids: ``(segments, d)`` float32 unit rows, in the order of ``segments``.
        next_id: the first id that no segment ever had.
    """

    segments: tuple[Segment, ...]
    user_ids: tuple[str, ...]
    members: NDArray[np.int64]
    cosines: NDArray[np.float32]
    centroids: NDArray[np.float32]
    next_id: int


@dataclass(frozen=True)
class Before:
    """The run before.

    Attributes:
        members: each user's segment.
        names: each segment's name.
        next_id: the first id that no segment ever had.
        centroids: ``(k, d)`` float32, if they are of the space of this run; None if not.
    """

    members: Mapping[str, int]
    names: Mapping[int, str]
    next_id: int = 1
    centroids: NDArray[np.float32] | None = None


NOTHING_BEFORE = Before({}, {})


def segment_users(
    log: Interactions, known: UserVectors, labels: Labels, *, count: int, seed: int = 0, before: Before = NOTHING_BEFORE
) -> Segmentation:
    """Segments the ``known`` users of ``log`` into at most ``count``; those of the run ``before`` keep their ids.

    Raises:
        ValueError: there are fewer users than segments.
    """
    start = before.centroids if before.centroids is not None and len(before.centroids) == count else None
    clusters = spherical_k_means(known.vectors, count, seed=seed, start=start)
    group_of = np.full(len(log.user_ids), -1, np.int64)
    group_of[known.users] = clusters.assigned
    told = typical(log, labels, group_of, groups=count)
    users: list[int] = known.users.tolist()
    user_ids = tuple(log.user_ids[user] for user in users)
    ids, shared, next_id = _ids(clusters, user_ids, before)
    sizes = np.bincount(clusters.assigned, minlength=count)
    order = [int(group) for group in np.argsort(-sizes, kind="stable") if sizes[group]]
    names = _names(told, labels, order, {group: before.names.get(ids[group]) for group in order})
    everybody = told.shares * sizes[:, None] / max(1, sizes.sum())
    segments = tuple(
        Segment(
            id=ids[group],
            name=names[group],
            size=int(sizes[group]),
            cohesion=float(clusters.cosines[clusters.assigned == group].mean()),
            top=_top(told, everybody.sum(axis=0), labels, group),
            shared=shared[group],
        )
        for group in order
    )
    members = np.array([ids[int(group)] for group in clusters.assigned], np.int64)
    return Segmentation(segments, user_ids, members, clusters.cosines, clusters.centroids[order], next_id)


def _ids(clusters: Clusters, user_ids: Sequence[str], before: Before) -> tuple[list[int], list[float | None], int]:
    """Each group's id and how much of it was there before, and the next id that is free."""
    next_id = before.next_id
    ids: list[int] = []
    found = matched(clusters.assigned, user_ids, before.members, groups=len(clusters.centroids))
    for same in found:
        ids.append(next_id if same is None else same[0])
        next_id += same is None
    return ids, [None if same is None else same[1] for same in found], next_id


def _names(told: Typical, labels: Labels, order: Sequence[int], lasting: Mapping[int, str | None]) -> dict[int, str]:
    """Each group's name, all different: the one it had, else what is most typical of it."""
    names = {group: name for group, name in lasting.items() if name}
    taken = set(names.values())
    for group in order:
        if group in names:
            continue
        surest: list[int] = np.argsort(-told.surprise[group], kind="stable").tolist()
        usable = [name for name in surest if told.shares[group, name] >= _LEAST_SHARE]
        words = list(dict.fromkeys(labels.names[name].rsplit(" > ", 1)[-1] for name in usable[: 4 * _IN_NAME]))
        tried = [" & ".join(words[: _IN_NAME + more]) for more in range(len(words))] or ["Others"]
        name = next((one for one in tried if one not in taken), f"{tried[0]} ({group})")
        names[group] = name
        taken.add(name)
    return names


def _top(told: Typical, of_all: NDArray[np.float64], labels: Labels, group: int) -> dict[str, tuple[TopName, ...]]:
    kinds = np.array(labels.kinds)
    order = [int(name) for name in np.argsort(-told.surprise[group], kind="stable")]
    return {
        str(kind): tuple(
            TopName(labels.names[name], round(float(told.shares[group, name]), 4), round(float(of_all[name]), 4))
            for name in [name for name in order if kinds[name] == kind and told.surprise[group, name] > 0][:_TOP]
        )
        for kind in dict.fromkeys(labels.kinds)
    }
