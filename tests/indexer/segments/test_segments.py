"""Segments of users: found, named after what is typical, and the same ones from run to run."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import brand_labels, category_labels
from firstlight_indexer.errors import SegmentsError
from firstlight_indexer.segments import Segmentation, segment_users
from firstlight_indexer.segments.matching import matched
from firstlight_indexer.segments.segment_files import Origin, read_before, write_segments
from firstlight_indexer.segments.segmentation import NOTHING_BEFORE, Before
from firstlight_indexer.segments.typical import typical
from firstlight_indexer.segments.user_vectors import UserVectors, user_vectors
from firstlight_store.spherical_k_means import spherical_k_means
from tests.server.tiny_space import tiny_space

KINDS = ("Tea", "Shoes", "Garden")
ITEMS, USERS = 30, 240
LABELS = category_labels([["Shop", KINDS[item % 3]] for item in range(ITEMS)]).beside(
    brand_labels([f"brand {item % 3}" for item in range(ITEMS)])
)
ORIGIN = Origin("toy", "s-1", "space", 0)


def log_of(*, users: int = USERS, prefix: str = "u") -> Interactions:
    """Users of three tastes, who take four items of their kind and one of any; one of them did nothing."""
    rng = np.random.default_rng(0)
    items = np.array(
        [[*(3 * rng.integers(0, ITEMS // 3, 4) + user % 3), rng.integers(0, ITEMS)] for user in range(users)]
    )
    events = items.size
    return Interactions(
        item_count=ITEMS,
        user_ids=(*(f"{prefix}{user}" for user in range(users)), "nobody"),
        users=np.repeat(np.arange(users), 5),
        items=items.ravel(),
        types=np.full(events, 2),
        times_h=np.tile(np.arange(5.0), users),
        weights=np.ones(events, np.float32),
        baskets=np.arange(events),
    )


def tastes(log: Interactions, *, turned: bool = False) -> UserVectors:
    """The mean direction of what each user took; turned as a whole, as another space is."""
    vectors = np.eye(8, dtype=np.float32)[np.arange(ITEMS) % 3] + 0.1 * np.random.default_rng(1).normal(size=(ITEMS, 8))
    if turned:
        vectors = vectors @ np.linalg.qr(np.random.default_rng(2).normal(size=(8, 8)))[0]
    users = np.unique(log.users)
    means = np.stack([vectors[log.items[log.users == user]].mean(axis=0) for user in users]).astype(np.float32)
    return UserVectors(users, means / np.linalg.norm(means, axis=1, keepdims=True))


def segmented(
    log: Interactions, *, before: Before = NOTHING_BEFORE, seed: int = 0, turned: bool = False
) -> Segmentation:
    return segment_users(log, tastes(log, turned=turned), LABELS, count=3, seed=seed, before=before)


def by_user(found: Segmentation) -> dict[str, str]:
    names = {segment.id: segment.name for segment in found.segments}
    return {user: names[int(member)] for user, member in zip(found.user_ids, found.members, strict=True)}


def test_users_of_one_taste_are_one_segment_named_after_it() -> None:
    log = log_of()
    found = segmented(log)
    assert sorted(segment.size for segment in found.segments) == [80, 80, 80]
    assert {name.split(" & ")[0] for name in by_user(found).values()} == set(KINDS)
    for user, name in by_user(found).items():
        assert name.startswith(KINDS[int(user[1:]) % 3])
    tea = next(segment for segment in found.segments if segment.name.startswith("Tea"))
    assert (tea.top["category"][0].name, tea.top["brand"][0].name, tea.top["category"][0].share) == (
        "Tea",
        "brand 0",
        1,
    )
    assert "nobody" not in found.user_ids


@pytest.mark.parametrize("turned", [False, True], ids=["the same space", "another space"])
def test_ids_and_names_last_over_runs(tmp_path: Path, turned: bool) -> None:
    log = log_of()
    first = segmented(log)
    write_segments(tmp_path / "out", first, ORIGIN, tastes(log))
    fewer = log.select_users(np.random.default_rng(3).random(len(log.user_ids)) < 0.9)
    before = read_before(tmp_path / "out", space="another" if turned else "space")
    second = segmented(fewer, before=before, seed=9, turned=turned)
    assert {segment.id for segment in second.segments} == {segment.id for segment in first.segments} == {1, 2, 3}
    was, now = by_user(first), by_user(second)
    assert all(was[user] == name for user, name in now.items())
    assert all(segment.shared is not None and segment.shared > 0.9 for segment in second.segments)
    assert second.next_id == 4


def test_a_run_with_other_users_gets_ids_that_nobody_had(tmp_path: Path) -> None:
    log = log_of()
    write_segments(tmp_path / "out", segmented(log), ORIGIN, tastes(log))
    others = segmented(log_of(prefix="v"), before=read_before(tmp_path / "out", space="another"))
    assert {segment.id for segment in others.segments} == {4, 5, 6}
    assert len({segment.name for segment in others.segments}) == 3


def test_what_is_written_is_what_was_found(tmp_path: Path) -> None:
    log = log_of()
    found = segmented(log)
    write_segments(tmp_path / "out", found, ORIGIN, tastes(log))
    members = pl.read_parquet(tmp_path / "out" / "segments.parquet")
    assert members["user_id"].to_list() == list(found.user_ids)
    assert members["segment_id"].to_list() == found.members.tolist()
    facts = json.loads((tmp_path / "out" / "segments.json").read_text())
    assert [segment["name"] for segment in facts["segments"]] == [segment.name for segment in found.segments]
    assert np.load(tmp_path / "out" / facts["centroids"]).shape == (3, 8)
    page = (tmp_path / "out" / "segments.html").read_text()
    assert page.count("<circle") == USERS
    (tmp_path / "out" / "segments.json").write_text("{")
    with pytest.raises(SegmentsError, match="delete it"):
        read_before(tmp_path / "out", space="space")


def test_segments_are_matched_where_they_share_most_in_all() -> None:
    members, users = np.array([0, 0, 0, 1, 1, 2]), list("abcdef")
    before = {"a": 7, "b": 7, "c": 5, "d": 5, "e": 5, "x": 9}
    assert matched(members, users, before, groups=3) == [(7, 2 / 3), (5, 2 / 3), None]
    assert matched(members, users, {}, groups=3) == [None, None, None]


def test_a_name_that_all_take_is_typical_of_nobody() -> None:
    log = log_of()
    group_of = np.append(np.arange(USERS) % 3, -1)
    told = typical(log, LABELS, group_of, groups=3)
    shop, tea = LABELS.names.index("Shop"), LABELS.names.index("Tea")
    assert told.shares[:, shop].tolist() == [1, 1, 1]
    assert np.abs(told.surprise[:, shop]).max() < 2 < told.surprise[0, tea]


def test_a_users_vector_is_the_direction_of_the_towers_query() -> None:
    space = tiny_space(0)
    vectors = np.random.default_rng(4).normal(size=(ITEMS, space.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[7] = 0  # not in the snapshot
    log = log_of(users=9)
    found = user_vectors(log, vectors, space)
    assert found.users.tolist() == list(range(9))
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert np.isfinite(found.vectors).all()


def test_clusters_are_the_same_every_time_and_never_more_than_vectors() -> None:
    vectors = tastes(log_of()).vectors
    first, second = spherical_k_means(vectors, 3, seed=1), spherical_k_means(vectors, 3, seed=1)
    np.testing.assert_array_equal(first.assigned, second.assigned)
    with pytest.raises(ValueError, match="ask for 1 to 2"):
        spherical_k_means(vectors[:2], 3)
