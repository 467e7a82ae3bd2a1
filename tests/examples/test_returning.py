"""Who comes back is known by what they did, and forgotten when they ask for it."""

from examples.newcomers import Newcomer
from examples.returning import comes_back
from firstlight import Client, Event
from firstlight.testing import FakeServer


def test_a_second_visit_knows_the_first_and_leaves_nothing_behind() -> None:
    did = (Event.view("1"), Event.purchase("2"))
    with FakeServer() as server, Client(server.target) as client:
        visit = comes_back(Newcomer(title="Two events", events=did), client, page_size=3)
        assert visit.answer.stored_event_count == len(did)
        assert visit.visitor.known[0].startswith("2 events recorded")
        assert visit.after[0].startswith("interests: ")
        assert visit.after[-1] == "asked to be forgotten: 2 events and 2 answers deleted"
        again = comes_back(Newcomer(title="One event", events=did[:1]), client, page_size=3)
        assert again.answer.stored_event_count == 1
