"""Off-policy evaluation: what a policy would have earned, estimated from what another one showed.

Our own NumPy. It knows nothing of models, snapshots or servers: who evaluates brings rewards, propensities and the
probabilities of the policy in question. Other packages import from here.
"""

from firstlight_indexer.errors import FeedbackError
from firstlight_indexer.ope.estimates import Estimate, evaluate_policy
from firstlight_indexer.ope.estimators import Estimator, Ratio, direct, doubly_robust, ips, snips, switch_dr
from firstlight_indexer.ope.intervals import Bounds, bernstein_interval, bootstrap_intervals, normal_interval
from firstlight_indexer.ope.item_rewards import ItemRewards, cross_fitted
from firstlight_indexer.ope.overlap import Overlap, OverlapWarning, overlap
from firstlight_indexer.ope.rounds import Rounds
from firstlight_indexer.ope.switch_threshold import switch_threshold

__all__ = [
    "Bounds",
    "Estimate",
    "Estimator",
    "FeedbackError",
    "ItemRewards",
    "Overlap",
    "OverlapWarning",
    "Ratio",
    "Rounds",
    "bernstein_interval",
    "bootstrap_intervals",
    "cross_fitted",
    "direct",
    "doubly_robust",
    "evaluate_policy",
    "ips",
    "normal_interval",
    "overlap",
    "snips",
    "switch_dr",
    "switch_threshold",
]
