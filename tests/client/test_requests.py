"""Events, declarations, filters and queries: what they take, what they refuse, and how the refusal names it."""

import dataclasses
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import firstlight
from firstlight import Boost, Declaration, Event, EventType, Filter, Interest, Pin, Query, Reranking

SDK: Any = firstlight  # without types, to pass what a type checker would refuse


@pytest.mark.parametrize("event_type", list(EventType))
def test_every_event_type_has_a_constructor_of_its_own(event_type: EventType) -> None:
    make = getattr(Event, event_type.value)
    event = make("82914", 1.0) if event_type is EventType.RATING else make("82914")
    assert (event.item_id, event.type) == ("82914", event_type)


def test_an_event_is_a_view_unless_told_otherwise() -> None:
    assert Event("82914") == Event.view("82914")


def test_a_rating_carries_its_strength_as_weight() -> None:
    assert Event.rating("82914", -2).weight == -2.0


def test_an_event_type_may_be_given_by_its_name() -> None:
    event = SDK.Event("82914", type="purchase")
    assert event.type is EventType.PURCHASE


@pytest.mark.parametrize("interest", list(Interest))
def test_every_interest_has_a_constructor_of_its_own(interest: Interest) -> None:
    declaration = getattr(Declaration, interest.value)("oats", weight=-1)
    assert declaration == Declaration(interest, "oats", weight=-1.0)


def test_values_cannot_be_changed_and_can_be_pickled() -> None:
    event = Event.purchase("82914", timestamp=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.item_id = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    query = Query(events=[event], filter=Filter(attributes={"size": ["12 oz"]}))
    assert pickle.loads(pickle.dumps(query)) == query


def test_a_query_takes_any_iterable_and_keeps_a_tuple() -> None:
    query = SDK.Query(events=iter([Event("a")]), categories=["b"])
    assert (query.events, query.categories) == ((Event("a"),), ("b",))


def test_short_interests_follow_the_declarations_in_a_fixed_order() -> None:
    query = Query(declarations=[Declaration.brand("A", weight=-1)], categories=["B", "C"], brands=["D"], text="E")
    assert query.interests == (
        Declaration.brand("A", weight=-1),
        Declaration.category("B"),
        Declaration.category("C"),
        Declaration.brand("D"),
        Declaration.text("E"),
    )


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SDK.Event(7), TypeError, "Event.item_id must be a str, got int 7"),
        (lambda: SDK.Event("a", weight="2"), TypeError, "Event.weight must be a number, got str '2'"),
        (lambda: SDK.Event("a", weight=True), TypeError, "Event.weight must be a number, got bool True"),
        (lambda: SDK.Event("a", type="bought"), ValueError, "Event.type must be one of view, cart, purchase"),
        (lambda: SDK.Event("a", timestamp="2026-01-01"), TypeError, "Event.timestamp must be a datetime, got str"),
        (lambda: SDK.Event("a", timestamp=datetime(2026, 1, 1)), ValueError, "must carry a time zone"),
        (lambda: SDK.Event("\ud800"), ValueError, "Event.item_id cannot be written as UTF-8"),
        (lambda: SDK.Declaration("colour", "red"), ValueError, "Declaration.kind must be one of category, brand, text"),
        (lambda: SDK.Declaration.brand(None), TypeError, "Declaration.value must be a str, got NoneType None"),
        (lambda: SDK.Filter(categories="Milk"), TypeError, r"write Filter.categories=\['Milk'\]"),
        (lambda: SDK.Filter(brands=[1]), TypeError, r"Filter.brands\[0\] must be a str, got int 1"),
        (lambda: SDK.Filter(min_price="3"), TypeError, "Filter.min_price must be a number"),
        (lambda: SDK.Filter(include_unavailable=1), TypeError, "Filter.include_unavailable must be a bool"),
        (lambda: SDK.Filter(attributes=["size"]), TypeError, "Filter.attributes must map names to values"),
        (lambda: SDK.Filter(attributes={"size": "12 oz"}), TypeError, r"Filter.attributes\['size'\]"),
        (lambda: SDK.Query(events=["82914"]), TypeError, r"events\[0\] must be a firstlight.Event, got str"),
        (lambda: SDK.Query(events=Event("a")), TypeError, "events must be a sequence of Event"),
        (
            lambda: SDK.Query(declarations=[Event("a")]),
            TypeError,
            r"declarations\[0\] must be a firstlight.Declaration",
        ),
        (lambda: SDK.Query(categories="Milk"), TypeError, r"write categories=\['Milk'\]"),
        (lambda: SDK.Query(text=5), TypeError, "text must be a str, got int 5"),
        (lambda: SDK.Query(page_size=2.5), TypeError, "page_size must be an int, got float 2.5"),
        (lambda: SDK.Query(page_size=True), TypeError, "page_size must be an int, got bool True"),
        (lambda: SDK.Query(page_size=2**40), ValueError, "page_size must fit into 32 bits"),
        (lambda: SDK.Query(filter={"brands": []}), TypeError, "filter must be a firstlight.Filter"),
        (lambda: SDK.Query(reranking={"diversity": 1}), TypeError, "reranking must be a firstlight.Reranking"),
        (lambda: SDK.Reranking(diversity="much"), TypeError, "Reranking.diversity must be a number"),
        (lambda: SDK.Reranking(max_per_brand=True), TypeError, "Reranking.max_per_brand must be an int"),
        (lambda: SDK.Reranking(max_per_category=0), ValueError, "Reranking.max_per_category must be at least 1, got 0"),
        (lambda: SDK.Reranking(pins=["a"]), TypeError, r"Reranking.pins\[0\] must be a firstlight.Pin"),
        (lambda: SDK.Reranking(boosts=["a"]), TypeError, r"Reranking.boosts\[0\] must be a firstlight.Boost"),
        (lambda: SDK.Reranking(blocks=["a"]), TypeError, r"Reranking.blocks\[0\] must be a firstlight.Filter"),
        (lambda: SDK.Boost("Acme", 1), TypeError, "Boost.filter must be a firstlight.Filter"),
        (lambda: SDK.Boost(Filter(), None), TypeError, "Boost.amount must be a number"),
        (lambda: SDK.Pin(5, 1), TypeError, "Pin.item_id must be a str"),
        (lambda: SDK.Pin("a", 1.5), TypeError, "Pin.place must be an int"),
        (lambda: SDK.Query(want_reasons="yes"), TypeError, "want_reasons must be a bool"),
        (lambda: SDK.Query(exclude=None), TypeError, "exclude must be a sequence of str, got NoneType None"),
    ],
)
def test_a_wrong_value_is_refused_by_name(make: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("page_size", [0, -1, 10**9])
def test_limits_are_the_services_to_check(page_size: int) -> None:
    assert Query(page_size=page_size).page_size == page_size


def test_a_weight_that_is_no_number_is_the_services_to_refuse() -> None:
    assert str(Event("a", weight=float("nan")).weight) == "nan"


def test_rules_can_be_kept_compared_and_pickled() -> None:
    rules = Reranking(boosts=[Boost(Filter(brands=["A"]), 1)], pins=[Pin("a", 1)], blocks=[Filter(categories=["B"])])
    assert pickle.loads(pickle.dumps(Query(reranking=rules))).reranking == rules
    assert rules.boosts == (Boost(Filter(brands=["A"]), 1.0),)
