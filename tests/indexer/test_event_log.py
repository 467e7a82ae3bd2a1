from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from firstlight_encoder.tokens import TokenType
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.contract import EVENTS_SCHEMA, CleanDomain
from firstlight_indexer.event_log import read_interactions

CATALOGUE = Catalogue(pl.DataFrame({"item_id": ["cup", "pot", "tea"]}))
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
BEGIN_H = BEGIN.timestamp() / 3600

Event = tuple[str, str, str, float, str]
"""User, item, type, hours after BEGIN, session."""


@pytest.fixture
def domain(tmp_path: Path) -> CleanDomain:
    return CleanDomain(name="shop", notice=None, directory=tmp_path)


def write(domain: CleanDomain, *events: Event) -> None:
    """As cleaning leaves them: sorted by user and time."""
    rows = [
        (user, item, kind, BEGIN + timedelta(hours=hours), 1.0 + place, session)
        for place, (user, item, kind, hours, session) in enumerate(events)
    ]
    frame = pl.DataFrame(rows, schema=dict(EVENTS_SCHEMA), orient="row")
    frame.sort("user_id", "timestamp", maintain_order=True).write_parquet(domain.events)


def test_events_become_rows_of_the_catalogue(domain: CleanDomain) -> None:
    write(domain, ("ann", "tea", "view", 0.0, "s1"), ("ann", "cup", "purchase", 1.5, "s1"))
    log = read_interactions(domain, CATALOGUE)
    assert log.item_count == 3
    assert log.items.tolist() == [2, 0]
    assert log.types.tolist() == [TokenType.VIEW, TokenType.PURCHASE]
    assert log.times_h.tolist() == [BEGIN_H, BEGIN_H + 1.5]
    assert log.weights.tolist() == [1.0, 2.0]


def test_users_are_numbered_in_the_order_of_their_names(domain: CleanDomain) -> None:
    write(domain, ("bob", "tea", "view", 0, "s1"), ("ann", "cup", "view", 5, "s2"), ("bob", "cup", "view", 9, "s3"))
    log = read_interactions(domain, CATALOGUE)
    assert log.user_ids == ("ann", "bob")
    assert log.users.tolist() == [0, 1, 1]


def test_baskets_are_sorted_by_their_beginning_not_by_their_name(domain: CleanDomain) -> None:
    write(domain, ("ann", "tea", "view", 0, "z"), ("ann", "cup", "view", 5, "a"), ("ann", "pot", "view", 9, "m"))
    log = read_interactions(domain, CATALOGUE)
    assert log.items.tolist() == [2, 0, 1]
    assert log.baskets.tolist() == sorted(log.baskets.tolist())
    assert len(log.basket_starts) == 4


def test_overlapping_baskets_of_one_user_stay_apart(domain: CleanDomain) -> None:
    write(
        domain,
        ("ann", "tea", "view", 0, "phone"),
        ("ann", "cup", "view", 1, "laptop"),
        ("ann", "pot", "view", 2, "phone"),
        ("ann", "tea", "purchase", 3, "laptop"),
    )
    log = read_interactions(domain, CATALOGUE)
    assert log.items.tolist() == [2, 1, 0, 2]
    assert log.basket_starts.tolist() == [0, 2, 4]


def test_baskets_that_begin_together_stay_apart(domain: CleanDomain) -> None:
    write(domain, ("ann", "tea", "view", 0, "a"), ("ann", "cup", "view", 0, "b"), ("ann", "pot", "view", 0, "a"))
    log = read_interactions(domain, CATALOGUE)
    assert log.items.tolist() == [2, 1, 0]
    assert log.basket_starts.tolist() == [0, 2, 3]


def test_the_same_session_name_of_two_users_is_two_baskets(domain: CleanDomain) -> None:
    write(domain, ("ann", "tea", "view", 0, "s"), ("bob", "cup", "view", 0, "s"))
    assert read_interactions(domain, CATALOGUE).baskets.tolist() == [0, 1]


def test_events_at_one_moment_keep_the_order_of_the_log(domain: CleanDomain) -> None:
    write(domain, ("ann", "pot", "view", 0, "s"), ("ann", "cup", "view", 0, "s"), ("ann", "tea", "view", 0, "s"))
    assert read_interactions(domain, CATALOGUE).items.tolist() == [1, 0, 2]


def test_every_event_type_of_the_contract_is_known(domain: CleanDomain) -> None:
    kinds = ("view", "cart", "purchase", "favorite", "remove_from_cart", "dislike", "rating")
    write(domain, *(("ann", "tea", kind, hour, "s") for hour, kind in enumerate(kinds)))
    types = read_interactions(domain, CATALOGUE).types.tolist()
    assert [TokenType(kind).name.lower() for kind in types] == list(kinds)


def test_times_that_carry_order_only_order_the_events_and_then_say_nothing(domain: CleanDomain) -> None:
    write(domain, ("ann", "tea", "view", 2, "s2"), ("ann", "cup", "view", 1, "s1"), ("bob", "pot", "view", 9, "s3"))
    log = read_interactions(replace(domain, times="order"), CATALOGUE)
    assert log.items.tolist() == [0, 2, 1]
    assert log.times_h.tolist() == [0.0, 0.0, 0.0]
