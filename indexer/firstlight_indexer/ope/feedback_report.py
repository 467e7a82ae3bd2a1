"""What a tenant's log says of its arms and of a policy: figures, a table for people, JSON for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.table import Table

from firstlight_indexer.ope.estimates import Estimate, evaluate_policy
from firstlight_indexer.ope.estimators import Ratio
from firstlight_indexer.ope.feedback_log import FeedbackLog
from firstlight_indexer.ope.intervals import Bounds, normal_interval
from firstlight_indexer.ope.overlap import Overlap, overlap
from firstlight_indexer.ope.targets import Target, target_rounds

NO_ARM = "(no arm)"
_FEWEST_USERS = 2


@dataclass(frozen=True)
class ArmValue:
    """What an arm earned: it was shown, so nothing has to be estimated.

    Attributes:
        arm: its name.
        users: who were shown it.
        shown: items shown.
        value: mean reward of a shown item.
        interval: its 95 % interval over users; None for fewer than two.
    """

    arm: str
    users: int
    shown: int
    value: float
    interval: Bounds | None


@dataclass(frozen=True)
class FeedbackReport:
    """All of it.

    Attributes:
        tenant: whose log.
        answers: how many were logged.
        shown: items in them.
        users: to whom.
        attributed: events that name an answer and an item in it.
        unattributed: events that name an answer which is unknown or did not show their item.
        arms: each arm's value.
        target: the policy that was evaluated; empty where none was.
        estimates: of its value, as a mean reward of a shown item.
        overlap: how much of the log speaks of it; None where none was evaluated.
    """

    tenant: str
    answers: int
    shown: int
    users: int
    attributed: int
    unattributed: int
    arms: tuple[ArmValue, ...]
    target: str
    estimates: tuple[Estimate, ...]
    overlap: Overlap | None

    def json(self) -> str:
        """One line for machines."""
        return json.dumps(asdict(self), allow_nan=False)

    def tables(self) -> list[Table]:
        """For people: the arms, then the policy."""
        arms = _table("What each arm earned", ("arm", "users", "shown", "reward of an item", "95 % interval"))
        for one in self.arms:
            arms.add_row(one.arm, f"{one.users:,}", f"{one.shown:,}", f"{one.value:.5f}", _text(one.interval))
        if self.overlap is None:
            return [arms]
        lies = self.overlap
        policy = _table(
            f"What {self.target!r} would have earned",
            ("estimator", "reward of an item", "bootstrap", "normal", "Bernstein"),
        )
        policy.caption = "\n".join(
            [
                f"{lies.rows:,} rows, effectively {lies.effective_rows:,.0f}; weights: greatest "
                f"{lies.greatest_weight:.4g}, mean {lies.mean_weight:.4g}; intervals of 95 % over users.",
                *(f"warning: {warning}" for warning in lies.warnings),
            ]
        )
        for estimate in self.estimates:
            bounds = (estimate.bootstrap, estimate.normal, estimate.bernstein)
            policy.add_row(estimate.estimator, f"{estimate.value:.5f}", *(_text(one) for one in bounds))
        return [arms, policy]


def report_feedback(
    log: FeedbackLog, *, tenant: str, target: Target | None, temperature: float | None = None, seed: int = 0
) -> FeedbackReport:
    """Evaluates each arm, and a policy if one is named.

    Raises:
        FeedbackError: there is too little to judge by, or a setting is out of range.
    """
    rounds = None if target is None else target_rounds(log, target, temperature=temperature)
    return FeedbackReport(
        tenant=tenant,
        answers=log.answers,
        shown=len(log.items),
        users=len(np.unique(log.users)),
        attributed=log.attributed,
        unattributed=log.unattributed,
        arms=tuple(_arm(log, arm) for arm in np.unique(log.arms).tolist()),
        target=target or "",
        estimates=() if rounds is None else tuple(evaluate_policy(rounds, seed=seed)),
        overlap=None if rounds is None else overlap(rounds),
    )


def _arm(log: FeedbackLog, arm: str) -> ArmValue:
    own = log.arms == arm
    rewards, users = log.rewards[own], log.users[own]
    ratio = Ratio(rewards, np.ones_like(rewards))
    count = len(np.unique(users))
    interval = normal_interval(ratio, users) if count >= _FEWEST_USERS else None
    return ArmValue(arm or NO_ARM, count, len(rewards), ratio.value, interval)


def _table(title: str, heads: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for head in heads:
        table.add_column(head, justify="left" if head in {"arm", "estimator"} else "right")
    return table


def _text(bounds: Bounds | None) -> str:
    return "–" if bounds is None else f"{bounds.low:.5f} to {bounds.high:.5f}"
