"""The report of the simulated month.

    <directory>/month.json             every policy's figures, day by day, and how it was played
    <directory>/month.md, .svg, .png   for people
    <directory>/policy_gradient.json, .md   what tuning the tower on logged rewards brought, where that was tried

Knows nothing of how the numbers came about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from firstlight_evaluation.report.study_files import study_page, write_study
from firstlight_evaluation.simulation.budgets import Trade
from firstlight_evaluation.simulation.competitor import THOMPSON
from firstlight_evaluation.simulation.gradient_study import PolicyValue
from firstlight_evaluation.simulation.plot import month_plot
from firstlight_evaluation.simulation.study import RANKING_ALONE, Outcome
from firstlight_evaluation.simulation.tables import gradient_table, outcome_table, trade_table

_INTRODUCTION = (
    "Real visits replayed: a shown item is clicked if the visitor looks at its place and really took the item at that "
    "visit or later in the month. The ranking was trained on other people, before the month, without the new items; "
    "two places of ten are kept for these, and each policy fills them and learns from the clicks there. What this "
    "costs a server is seen where policies fill whole pages instead, within slots. Policies, prior, candidates and "
    "projection are the server's, with its defaults."
)


def write_month(
    outcome: Outcome, trades: Sequence[Trade], *, settings: Mapping[str, object], directory: Path
) -> list[Path]:
    """Writes every file into ``directory`` (made if missing), replacing those of an earlier run."""
    text = f"{_INTRODUCTION}\n\n![Clicks on new items](month.svg)"
    tables = [outcome_table(outcome), trade_table(trades)]
    page = study_page(tables, title="A simulated month", introduction=text, notice=outcome.notice)
    content = _content(outcome, settings) | {"budgets": [_budget(one) for one in trades]}
    return write_study(directory / "month", content=content, page=page, plot=month_plot(outcome))


def write_gradient(values: Sequence[PolicyValue], *, notice: str | None, directory: Path) -> list[Path]:
    """Writes what tuning on logged rewards brought, beside the month."""
    content = {"notice": notice, "policies": [asdict(value) for value in values]}
    text = (
        "Experimental: the user tower tuned by REINFORCE with the top-K off-policy correction (Chen et al., 2019) on a "
        "log of half of the visitors, judged by the others."
    )
    page = study_page([gradient_table(values)], title="Policy gradient", introduction=text, notice=notice)
    return write_study(directory / "policy_gradient", content=content, page=page)


def _budget(one: Trade) -> dict[str, object]:
    return {
        "policy": repr(one.setting.policy),
        "slots": asdict(one.setting.slots),
        "new_items": one.new.tolist(),
        "all_items_against_the_ranking": one.overall.tolist(),
    }


def _content(outcome: Outcome, settings: Mapping[str, object]) -> dict[str, object]:
    return {
        "domain": outcome.domain,
        "notice": outcome.notice,
        "seeds": list(outcome.seeds),
        "visits": outcome.visits,
        "settings": dict(settings),
        "policies": [
            {
                "policy": name,
                "new_items": played.month.tolist(),
                "all_items": played.overall.tolist(),
                "new_items_by_day": played.new.mean(axis=0).tolist(),
                "thompson_lead": None
                if name in {THOMPSON, RANKING_ALONE}
                else asdict(outcome.lead(name)) | {"share_of_seeds": outcome.lead_share(name)},
            }
            for name, played in outcome.played.items()
        ],
    }
