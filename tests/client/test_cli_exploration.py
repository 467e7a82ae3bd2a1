"""What the command line shows of exploration."""

import pytest

from firstlight import Recommendation, RecommendedItem
from firstlight._cli.output import Output


def test_what_is_explored_shows_its_chance_and_the_arm_stands_below(capsys: pytest.CaptureFixture[str]) -> None:
    ranked = RecommendedItem(item_id="cereal-1", title="Corn flakes", score=2.0)
    explored = RecommendedItem(item_id="tea-9", title="Tea", score=0.5, propensity=0.0125, explored=True)
    answer = Recommendation(items=(explored, ranked), snapshot_id="s", request_id="r", arm="bold", policy="thompson")
    Output(as_json=False, environ={}).recommendation(answer)
    head, first, second, last = capsys.readouterr().out.splitlines()
    assert head.split()[-1] == "EXPLORED"
    assert first.endswith("0.0125")
    assert "1.0" not in second
    assert last == "snapshot s, request r, arm bold (thompson)"
