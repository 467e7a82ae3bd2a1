"""How to train, each default written once. Knows nothing of what is trained on."""

from dataclasses import dataclass, field

from firstlight_encoder.device import DeviceChoice, Precision
from firstlight_encoder.training.declarations import DeclarationHabits
from firstlight_encoder.training.tower_settings import TowerSettings

Prefixes = tuple[tuple[int, int], ...]
"""(events, declarations) that a training case may know."""

PREFIXES: Prefixes = ((0, 2), (0, 1), (1, 0), (2, 0), (3, 0), (5, 0), (10, 0), (20, 0), (3, 2))
"""Newcomers of every kind."""

HABITS = DeclarationHabits(unsure=0.25, declined=0.25)
"""Half of what they declare is wanted and meant."""


@dataclass(frozen=True)
class TrainSettings:
    """How to train; what comes out is the state of the lowest validation loss.

    Attributes:
        dimension: of the item space; index rows are one wider.
        steps: how many.
        batch: cases a step.
        positives: target draws a case.
        candidates: negatives a step, where the catalogue is not small.
        rate: the highest learning rate (AdamW, one cycle).
        weight_decay: AdamW's.
        alpha: what a step counts in which newcomers declare something.
        beta: what the item-item term counts beside every step; 0 leaves it out.
        check_every: steps between looks at the validation loss, at which the run is also logged and saved.
        patience: looks without a lower loss after which training stops; 0 for never.
        seed: of everything drawn.
        device: what to train on.
        precision: of the products; weights, losses and the calibration are float32 anyway.
        prefixes: what the cases of a step know, drawn in turn.
        habits: how those cases declare.
        tower: what the user tower is made of.
    """

    dimension: int = 127
    steps: int = 300
    batch: int = 512
    positives: int = 4
    candidates: int = 2_048
    rate: float = 2e-3
    weight_decay: float = 0.01
    alpha: float = 1.0
    beta: float = 0.0
    check_every: int = 50
    patience: int = 0
    seed: int = 0
    device: DeviceChoice = "auto"
    precision: Precision = "auto"
    prefixes: Prefixes = PREFIXES
    habits: DeclarationHabits = HABITS
    tower: TowerSettings = field(default_factory=TowerSettings)
