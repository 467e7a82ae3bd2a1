"""The ablations, one a row. Knows nothing of how they are measured.

To add one: a name, a sentence, and a function from the full model to anything that trains a ``Contender`` from a seed
(``training`` and ``tower`` make it of changed settings, ``second_stage_changes`` of another second stage), or to None
where there is nothing to change.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from firstlight_encoder.architecture import ARCHITECTURES, Architecture
from firstlight_encoder.second_stage.catalogue_side import TABLES
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_evaluation.ablation.ablation import Ablation, Stage, frozen_encoder, tower, training
from firstlight_evaluation.ablation.second_stage_changes import (
    ranked_by,
    unread,
    without_later_cases,
    without_tables,
    without_training_users,
    without_words,
)

LONG_PREFIXES = ((0, 2), (0, 1), (20, 0), (20, 0), (20, 0), (20, 0), (20, 0), (20, 0), (20, 2))
"""As long as training's, and declaring as often."""

WITHOUT_DECLARATIONS = ((1, 0), (1, 0), (2, 0), (3, 0), (5, 0), (10, 0), (20, 0))

_TOWERS: dict[Architecture, str] = {
    "mean": "The weighted mean of the events alone.",
    "transformer": "One layer of attention among all events.",
    "gru": "A gated recurrent unit over the events in their order.",
    "causal": "Two layers of attention, from an event to what came before it.",
}

LIKENESS = ("cosine to last", "mean cosine", "highest cosine", "cosine to disliked")
"""Features of how alike the texts of a candidate and of what is known are."""

TASTES = ("taste beside last", "mean taste", "highest taste")
"""Features of how close a candidate and what is known lie among the tastes of those who took them."""

FACTS = ("share in category", "category of last", "share of brand", "log price ratio")
"""Features of a candidate's category, brand and price beside those of what is known."""

_second = partial(Ablation, stage="second")

FIRST_STAGE: tuple[Ablation, ...] = (
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
"""Changes of the first stage, which ranks alone: several interests have no second one to be read by."""

SECOND_STAGE: tuple[Ablation, ...] = (
    _second("space ranks", "No second stage: the order is the first stage's.", ranked_by(Method.SPACE)),
    _second("mixture ranks", "No trees: the order is the mixture's.", ranked_by(Method.MIX)),
    _second("trees rank", "The order is the trees', whatever held-out users say.", ranked_by(Method.TREES)),
    *(_second(f"no {name} table", f"Without the neighbour table {name!r}.", without_tables(name)) for name in TABLES),
    _second("no tables", "Without any neighbour table.", without_tables(*TABLES)),
    _second("no words", "What is declared offers no items by its words.", without_words()),
    _second("no text features", "Trees do not read how alike texts are.", unread(LIKENESS)),
    _second("no taste features", "Trees do not read who takes what beside what, but by the tables.", unread(TASTES)),
    _second("no fact features", "Trees do not read categories, brands and prices.", unread(FACTS)),
    _second("no training users", "Only users set apart teach the ranker.", without_training_users),
    _second("no later cases", "Nobody teaches the ranker again from a later basket on.", without_later_cases),
)
"""Changes of the second stage, all over the same first one."""

ABLATIONS: Mapping[Stage, tuple[Ablation, ...]] = MappingProxyType({"second": SECOND_STAGE, "first": FIRST_STAGE})
"""By the stage that they change, each in the order of its report."""
