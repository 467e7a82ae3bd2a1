"""What the command line says of a page: filters and rules, and nothing where nothing is asked for."""

from firstlight import Filter, Pin, Reranking
from firstlight.testing import FakeServer
from tests.client.conftest import Run


def test_every_option_of_the_page_reaches_the_service(server: FakeServer, run: Run) -> None:
    words = (
        "recommend --reasons --counterfactuals --language zh-CN --diversity 0.3 --max-per-category 2 --max-per-brand 3 "
        "--calibration 0.5 --pin m@1 --pin n@o@4 --block-category P --block-brand Q"
    )
    assert run(*words.split()).status == 0
    query = server.received[0].query
    assert (query.want_counterfactuals, query.language) == (True, "zh-CN")
    assert query.reranking == Reranking(
        diversity=0.3,
        max_per_category=2,
        max_per_brand=3,
        calibration=0.5,
        pins=[Pin("m", 1), Pin("n@o", 4)],
        blocks=[Filter(categories=["P"]), Filter(brands=["Q"])],
    )


def test_without_their_options_neither_filter_nor_rules_are_sent(server: FakeServer, run: Run) -> None:
    run("recommend")
    assert server.received[0].query.filter is None
    assert server.received[0].query.reranking is None
