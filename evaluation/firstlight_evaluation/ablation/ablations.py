"""The ablations, one a row. Knows nothing of how they are measured.

To add one: a name, a sentence, and a function from the experiment to anything that trains a ``Contender`` from a seed
(``training`` and ``tower`` make it of changed settings), or to None where there is nothing to change.
"""

from firstlight_encoder.architecture import ARCHITECTURES, Architecture
from firstlight_evaluation.ablation.ablation import Ablation, frozen_encoder, tower, training

LONG_PREFIXES = ((0, 2), (0, 1), (20, 0), (20, 0), (20, 0), (20, 0), (20, 0), (20, 0), (20, 2))
"""As long as training's, and declaring as often."""

WITHOUT_DECLARATIONS = ((1, 0), (1, 0), (2, 0), (3, 0), (5, 0), (10, 0), (20, 0))

_TOWERS: dict[Architecture, str] = {
    "mean": "The weighted mean of the events alone.",
    "transformer": "One layer of attention among all events.",
    "gru": "A gated recurrent unit over the events in their order.",
    "causal": "Two layers of attention, from an event to what came before it.",
}

ABLATIONS: tuple[Ablation, ...] = (
    Ablation("frozen encoder", "The text encoder as it came, not fine-tuned.", frozen_encoder),
    Ablation("long prefixes only", "Training cases know up to 20 events, never few.", training(prefixes=LONG_PREFIXES)),
    Ablation("untrained prompts", "No training case declares anything.", training(prefixes=WITHOUT_DECLARATIONS)),
    Ablation("no event types", "A view counts as a purchase does.", tower(event_types=False)),
    Ablation("no time gaps", "The order of events is read, their times are not.", tower(time_gaps=False)),
    Ablation("no prior", "Popularity answers only where nothing is known.", tower(prior_weights="none")),
    Ablation("prior weight 1", "The prior weighs the same whatever is known.", tower(prior_weights="one")),
    *(Ablation(f"tower {name}", _TOWERS[name], tower(architecture=name)) for name in ARCHITECTURES),
    *(
        Ablation(f"{count} interests", f"A user is {count} vectors; the best match counts.", tower(interests=count))
        for count in (2, 3, 4)
    ),
)
"""In the order of the report."""
