"""How much of a page may be explored. Knows nothing of policies."""

from dataclasses import dataclass

from firstlight_encoder.errors import ExplorationError


@dataclass(frozen=True)
class Slots:
    """The bounds of exploration on one page.

    Attributes:
        most: places that may show something else than the ranking has next, m of k; 0 explores nothing.
        most_new: how many of these may show new items: their budget.
        first_place: the first place that may, from 1; those above it are the ranking's.

    Raises:
        ExplorationError: one of them is out of range.
    """

    most: int = 2
    most_new: int = 2
    first_place: int = 1

    def __post_init__(self) -> None:
        """Refuses what makes no sense."""
        for name, value, least in (
            ("most", self.most, 0),
            ("most_new", self.most_new, 0),
            ("first_place", self.first_place, 1),
        ):
            if value < least:
                raise ExplorationError(f"slots: {name} is {value}, at least {least} is needed")
