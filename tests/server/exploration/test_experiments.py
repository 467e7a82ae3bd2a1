"""Experiments over real gRPC: who is answered by which arm, what the reply says of it, and what feedback changes."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from firstlight.v1 import feedback_service_pb2, feedback_service_pb2_grpc
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import EVENT_TYPE_PURCHASE, Event
from firstlight_server.assignment import drawn
from firstlight_server.errors import SettingsError
from firstlight_server.exploration.arm import Arm
from firstlight_server.exploration.context import ShownFeatures
from firstlight_store.event_log import EventLog, Impression, LoggedEvent, Shown
from tests.server.exploration.exploring import exploring
from tests.server.running import Running, running
from tests.server.scrape import scrape

Written = Callable[[str], Path]

TWO_ARMS = """
[default]
arms = [
    {name = "control", policy = "greedy", share = 0.5},
    {name = "bold", policy = "thompson", share = 0.5, epsilon = 1.0, max_slots = 3},
]
negative_after_s = 0
"""
USERS = [f"user-{number}" for number in range(40)]


def _bold() -> str:
    """A user whom the second arm answers."""
    return next(
        user for user in USERS if drawn(user, tenant="default", drawing="experiment/experiment", shares=(0.5, 0.5))
    )


async def _asked(server: Running, user_id: str, *, exploit_only: bool = False) -> pb.RecommendResponse:
    return await server.recommendations.Recommend(
        pb.RecommendRequest(user_id=user_id, page_size=10, exploit_only=exploit_only)
    )


async def test_users_are_answered_by_their_arm_which_the_reply_names(
    published_with_new: Path, written: Written
) -> None:
    async with exploring(published_with_new, written(TWO_ARMS)) as server:
        replies = {user: await _asked(server, user) for user in USERS}
        again = {user: await _asked(server, user) for user in USERS}
        metrics = await scrape(server)
    arms = ("control", "bold")
    own = {
        user: arms[drawn(user, tenant="default", drawing="experiment/experiment", shares=(0.5, 0.5))] for user in USERS
    }
    assert {user: reply.arm for user, reply in replies.items()} == own
    assert {user: reply.arm for user, reply in again.items()} == own
    for reply in replies.values():
        bold = reply.arm == "bold"
        assert reply.policy == ("thompson" if bold else "greedy")
        assert sum(item.explored for item in reply.items) <= (3 if bold else 0)
        assert all(0 < item.propensity <= 1 for item in reply.items)
    assert any(item.explored for reply in replies.values() for item in reply.items)
    counted = Counter(own.values())
    for arm, policy in (("control", "greedy"), ("bold", "thompson")):
        told = metrics.value("arm_answers_total", tenant="default", arm=arm, policy=policy)
        assert told == 2 * counted[arm]


async def test_who_only_exploits_is_shown_the_ranking(published_with_new: Path, written: Written) -> None:
    bold = _bold()
    async with exploring(published_with_new, written(TWO_ARMS)) as server, running(published_with_new) as plain:
        ranked = await _asked(plain, bold)
        found = await _asked(server, bold, exploit_only=True)
    assert [item.item_id for item in found.items] == [item.item_id for item in ranked.items]
    assert (found.arm, found.policy) == ("bold", "greedy")
    assert {item.propensity for item in found.items} == {1.0}
    assert (ranked.arm, ranked.policy) == ("", "greedy")


async def test_each_of_a_batch_is_answered_by_their_own_arm(published_with_new: Path, written: Written) -> None:
    async with exploring(published_with_new, written(TWO_ARMS)) as server:
        one_by_one = [(await _asked(server, user)).arm for user in USERS]
        requests = [pb.RecommendRequest(user_id=user) for user in USERS]
        batch = await server.recommendations.BatchRecommend(pb.BatchRecommendRequest(requests=requests))
    assert [reply.arm for reply in batch.responses] == one_by_one


async def test_feedback_changes_what_is_believed_while_the_server_runs_and_a_restart_knows_it(
    published_with_new: Path, written: Written, log: EventLog
) -> None:
    context = ShownFeatures("0123456789abcdef", np.eye(15, dtype=np.float32)[:2]).to_bytes()
    shown = (Shown("i0001", 0.5, True), Shown("i0002", 0.5))
    async with exploring(published_with_new, written(TWO_ARMS)) as server:
        log.show([("default", Impression("r1", "anna", time.time(), "s", "bold", "thompson", shown, context))])
        log.record([("default", [LoggedEvent("e1", "anna", "i0001", "purchase", time.time(), request_id="r1")])])

        async def learnt() -> bool:
            return (await scrape(server)).value("arm_rewards", tenant="default", arm="bold") == 1

        await server.until(learnt)
    kept = log.state("default", "arm/bold")
    assert kept is not None
    async with exploring(published_with_new, written(TWO_ARMS)) as server:
        experiment = next(iter(server.server.loop.exploration.experiments))
        arm: Arm = experiment.arms["bold"]

        async def restored() -> bool:
            return "0123456789abcdef" in arm.posteriors

        await server.until(restored)
        found = arm.posteriors["0123456789abcdef"]
        assert found.moment[:2] == pytest.approx([1, 0])


async def test_a_purchase_of_what_was_shown_teaches_the_arm_that_showed_it(
    published_with_new: Path, written: Written
) -> None:
    file = written(TWO_ARMS)
    async with exploring(published_with_new, file) as server:
        feedback = feedback_service_pb2_grpc.FeedbackServiceStub(server.channel)
        bold = _bold()
        reply = await _asked(server, bold)
        event = feedback_service_pb2.UserEvent(
            event_id="e1",
            user_id=bold,
            event=Event(item_id=reply.items[2].item_id, type=EVENT_TYPE_PURCHASE),
            request_id=reply.request_id,
        )
        await feedback.RecordEvents(feedback_service_pb2.RecordEventsRequest(events=[event]))

        async def learnt() -> bool:
            return (await scrape(server)).value("arm_rewards", tenant="default", arm="bold") > 0

        await server.until(learnt)
        told = await scrape(server)
        assert told.value("arm_rewards", tenant="default", arm="bold") == 1
        assert told.value("arm_rewards", tenant="default", arm="control") == 0


async def test_a_bad_file_stops_the_start_with_one_line(published_with_new: Path, written: Written) -> None:
    file = written(TWO_ARMS.replace("thompson", "thomson"))
    with pytest.raises(SettingsError, match=r"default, arm 'bold', policy: .*'thompson'"):
        async with running(published_with_new, experiments=file):
            pass


async def test_a_tenant_without_an_experiment_makes_no_explored_pages(
    published_with_new: Path, written: Written
) -> None:
    other = written(TWO_ARMS.replace("[default]", "[other]"))
    async with exploring(published_with_new, other) as server:
        assert (await _asked(server, "anna")).arm == ""
