"""ProfileService over the wire: known users, newcomers and odd events; and answers that heed shifts."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import feedback_service_pb2, recommendation_service_pb2, types_pb2
from firstlight.v1 import profile_service_pb2 as pb
from tests.server.running import Running, running
from tests.server.scrape import scrape
from tests.server.tiny_snapshot import CATEGORIES, TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")

SNAPSHOT = TinySnapshot(items=400, available=1.0, profiles=True)
JAM, TEA = " > ".join(CATEGORIES[1]), " > ".join(CATEGORIES[2])
START_S = 1_700_000_000


@pytest.fixture(scope="module")
def profiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("profiled")
    SNAPSHOT.publish(data_dir)
    return data_dir


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def serving(profiled: Path) -> AsyncIterator[Running]:
    async with running(profiled) as one:
        yield one


def events(kinds: Sequence[int], **changed: object) -> list[types_pb2.Event]:
    """One purchase a kind, of another item each, an hour apart."""
    return [
        types_pb2.Event(
            item_id=f"i{kind + len(CATEGORIES) * place:04d}",
            type=types_pb2.EVENT_TYPE_PURCHASE,
            timestamp=Timestamp(seconds=START_S + 3_600 * place),
            **changed,  # type: ignore[arg-type]
        )
        for place, kind in enumerate(kinds)
    ]


def categories(interests: Sequence[pb.Interest]) -> dict[str, float]:
    return {one.category: one.weight for one in interests if one.category}


async def profile(server: Running, **asked: object) -> pb.GetInterestProfileResponse:
    return await server.profiles.GetInterestProfile(pb.GetInterestProfileRequest(**asked))  # type: ignore[arg-type]


class TestProfile:
    async def test_of_one_interest_says_so_everywhere(self, serving: Running) -> None:
        told = await profile(serving, events=events([2] * 8), want_trajectory=True, request_id="mine")
        assert categories(told.long_term) == categories(told.short_term) == {TEA: pytest.approx(1)}
        assert told.clusters[0].name == TEA
        assert told.clusters[0].item_ids[0] == "i0030"
        assert told.next.categories[0].category == TEA
        assert told.next.categories[0].weight > 0.6
        assert told.trajectory[-1].at.seconds == START_S + 7 * 3_600
        assert (told.event_count, told.request_id, bool(told.snapshot_id)) == (8, "mine", True)
        assert not told.drift.detected

    async def test_of_a_shift_tells_since_when_and_to_what(self, serving: Running) -> None:
        told = await profile(serving, events=events([1] * 10 + [2] * 4))
        assert told.drift.detected
        assert told.drift.score > 0.9
        assert told.drift.events_since == 4
        assert START_S + 10 * 3_600 <= told.drift.detected_at.seconds <= START_S + 13 * 3_600
        changes = {one.interest.category: one.change for one in told.drift.changes if one.interest.category}
        assert changes == {TEA: pb.CHANGE_NEW, JAM: pb.CHANGE_FALLING}

    async def test_of_a_newcomer_is_empty_but_for_what_newcomers_do(self, serving: Running) -> None:
        told = await profile(serving, user_id="never-seen")
        assert told.event_count == 0
        assert not any((told.long_term, told.short_term, told.clusters, told.trajectory, told.drift.changes))
        assert sum(one.weight for one in told.next.categories) == pytest.approx(1)
        assert told.next.event_types[0].type == types_pb2.EVENT_TYPE_VIEW
        assert told.next.event_types[0].probability == pytest.approx(0.75, abs=0.1)

    async def test_of_each_kind_returns_no_more_than_asked_for(self, serving: Running) -> None:
        told = await profile(serving, events=events([0, 1, 2, 3] * 3), most=2)
        assert len([one for one in told.long_term if one.category]) == 2
        assert len([one for one in told.long_term if one.brand]) == 2
        assert len(told.next.categories) == len(told.next.event_types) == 2

    async def test_reads_events_known_by_text_alone_and_warns_of_unknown_ones(self, serving: Running) -> None:
        odd = [types_pb2.Event(text="honey tea"), types_pb2.Event(item_id="unheard-of")]
        told = await profile(serving, events=odd)
        assert told.event_count == 1
        assert [one.code for one in told.warnings] == [types_pb2.WARNING_CODE_UNKNOWN_ITEM]

    async def test_reads_hundreds_of_events(self, serving: Running) -> None:
        told = await profile(serving, events=events([number % 2 for number in range(95)]))
        assert told.event_count == 95


class TestRefusals:
    @pytest.mark.parametrize(
        ("asked", "named"),
        [
            ({}, "user_id: required unless events are given"),
            ({"user_id": "u", "most": 101}, "most: 101 is outside 1..100 (0 means 5)"),
            ({"user_id": "u", "most": -1}, "most: -1 is outside 1..100"),
            ({"user_id": "u" * 129}, "user_id: 129 characters; at most 128"),
            ({"events": events([0], weight=float("nan"))}, "events[0].weight: nan is not a finite number"),
        ],
        ids=["nobody", "too many", "fewer than none", "long id", "no weight"],
    )
    async def test_name_the_field_and_the_way_out(self, serving: Running, asked: dict[str, object], named: str) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await profile(serving, **asked)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert named in (refused.value.details() or "")

    async def test_an_unknown_tenant_is_refused(self, serving: Running) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await profile(serving, tenant="elsewhere", user_id="u")
        assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_snapshot_of_an_older_build_tells_no_shift_and_still_predicts(server: Running) -> None:
    told = await profile(server, events=events([1] * 10 + [2] * 4))
    assert told.drift.score == 0
    assert not told.drift.detected
    assert {one.category for one in told.next.categories} >= {JAM, TEA}
    assert not told.next.event_types


async def shifted(server: Running) -> float:
    """How many answers heeded a shift so far."""
    return (await scrape(server)).value("shifted_answers_total", tenant="default", snapshot="live")


class TestAnswers:
    async def test_heed_a_shift_and_say_so(self, serving: Running, profiled: Path) -> None:
        asked = recommendation_service_pb2.RecommendRequest(events=events([1] * 10 + [2] * 5))
        latest = recommendation_service_pb2.RecommendRequest(
            events=asked.events[-5:], exclude_item_ids=[event.item_id for event in asked.events[:10]]
        )
        before = await shifted(serving)
        heeded = await serving.recommendations.Recommend(asked)
        assert heeded.drift_detected
        assert await shifted(serving) == before + 1
        assert [one.item_id for one in heeded.items] == [
            one.item_id for one in (await serving.recommendations.Recommend(latest)).items
        ]
        assert not {one.item_id for one in heeded.items} & {event.item_id for event in asked.events}
        async with running(profiled, heed_drift=False) as unheeding:
            full = await unheeding.recommendations.Recommend(asked)
        assert not full.drift_detected
        assert [one.item_id for one in full.items] != [one.item_id for one in heeded.items]

    async def test_of_few_events_or_one_interest_are_as_ever(self, serving: Running) -> None:
        for kinds in ([1, 1, 2, 2, 2], [2] * 8):
            asked = recommendation_service_pb2.RecommendRequest(events=events(kinds))
            assert not (await serving.recommendations.Recommend(asked)).drift_detected


async def test_stored_events_are_read_beside_those_sent(profiled: Path, tmp_path: Path) -> None:
    async with running(profiled, events_url=f"sqlite:///{tmp_path / 'events.db'}") as keeping:
        stored = [
            feedback_service_pb2.UserEvent(event_id=f"e{place}", user_id="anna", event=event)
            for place, event in enumerate(events([2] * 4))
        ]
        await keeping.feedback.RecordEvents(feedback_service_pb2.RecordEventsRequest(events=stored))
        told = await profile(keeping, user_id="anna", events=events([1]), want_trajectory=True)
        nobody = await profile(keeping, user_id="bert")
    assert told.event_count == 5
    assert next(iter(categories(told.long_term))) == TEA
    assert told.trajectory[-1].at.seconds == START_S + 3 * 3_600
    assert nobody.event_count == 0


async def test_a_profile_without_its_stored_events_says_so(profiled: Path, tmp_path: Path) -> None:
    key_file = tmp_path / "pseudonyms.key"
    key_file.write_text("ab" * 32 + "\n", encoding="ascii")
    nowhere = "postgresql://nobody@127.0.0.1:1/events"
    async with running(profiled, events_url=nowhere, events_key_file=key_file) as forgetful:
        told = await profile(forgetful, user_id="anna", events=events([2]))
    assert told.event_count == 1
    assert [one.code for one in told.warnings] == [types_pb2.WARNING_CODE_HISTORY_UNAVAILABLE]
