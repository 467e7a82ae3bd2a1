"""One domain as training sees it. Knows nothing of other domains, weights or files."""

from dataclasses import dataclass

from firstlight_encoder.labels import Labels
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.scoring import TextTable


@dataclass(frozen=True, kw_only=True)
class TrainingDomain:
    """A shop's users, items and prior.

    Attributes:
        name: of the domain, for logs and messages.
        split: the training users to learn from, the validation users to stop and calibrate by; the test users are
            not looked at.
        labels: what cases declare.
        texts: frozen text vectors of the catalogue and the labels, of one encoder for all domains that train together.
        prior: of the training users, to train beside.
    """

    name: str
    split: UserSplit
    labels: Labels
    texts: TextTable
    prior: PriorTimeline
