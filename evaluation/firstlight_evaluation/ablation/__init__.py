"""What every part of the model is worth: the full model beside itself with one thing changed, on the same users.

``ablations`` is the list; a row is added there. Knows nothing of baselines.
"""

from firstlight_evaluation.ablation.ablate import ablate
from firstlight_evaluation.ablation.ablation import Ablation, Trainer
from firstlight_evaluation.ablation.ablations import ABLATIONS
from firstlight_evaluation.ablation.files import write_ablation
from firstlight_evaluation.ablation.outcome import Outcome

__all__ = ["ABLATIONS", "Ablation", "Outcome", "Trainer", "ablate", "write_ablation"]
