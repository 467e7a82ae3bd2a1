"""One answer as an arm gives it. Knows nothing of how rankings or answers are made."""

from collections.abc import Callable
from dataclasses import replace

from firstlight_server.answer import Answer
from firstlight_server.exploration.pages import Pages
from firstlight_server.exploration.trial import Trial
from firstlight_server.question import Question
from firstlight_server.ranking import Ranking

_GREEDY = "greedy"


def tried(
    question: Question,
    ranking: Ranking,
    *,
    trial: Trial,
    pages: Pages | None,
    answer: Callable[[Question, Ranking], Answer],
) -> Answer:
    """The answer of the page that the trial's arm makes of the ranking, with arm and policy."""
    if trial.generator is None or pages is None or not len(ranking.rows):
        return replace(answer(question, ranking), arm=trial.arm.name, policy=_GREEDY)
    explored = pages.explored(question, ranking, trial, trial.generator)
    told = explored.told(answer(question, explored.ranking))
    return replace(told, arm=trial.arm.name, policy=trial.arm.policy_name)
