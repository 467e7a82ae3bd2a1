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
        new_places: places, from 1, that are kept for new items; where there are any, no other place explores.

    Raises:
        ExplorationError: one of them is out of range.
    """

    most: int = 2
    most_new: int = 2
    first_place: int = 1
    new_places: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuses what makes no sense."""
        for name, value, least in (
            ("most", self.most, 0),
            ("most_new", self.most_new, 0),
            ("first_place", self.first_place, 1),
        ):
            if value < least:
                raise ExplorationError(f"slots: {name} is {value}, at least {least} is needed")
        kept = self.new_places
        if any(place < self.first_place for place in kept) or len(set(kept)) < len(kept):
            first = self.first_place
            raise ExplorationError(f"slots: new_places are {list(kept)}, different places from {first} on are needed")
        if len(kept) > min(self.most, self.most_new):
            most = min(self.most, self.most_new)
            raise ExplorationError(f"slots: {len(kept)} places are kept for new items, at most {most} may show them")

    @property
    def page_teaches(self) -> bool:
        """Whether all of a page is to be learnt from, and not what was explored alone.

        Where places are kept for new items, what the ranking placed itself brings far more and drowns what these tell;
        elsewhere what is explored is a choice among all of it.
        """
        return not self.new_places

    def is_open(self, place: int, *, explored: int) -> bool:
        """Whether a place, from 1, may show something else once ``explored`` others have."""
        opens = place in self.new_places if self.new_places else place >= self.first_place
        return opens and explored < self.most

    def is_over(self, place: int, *, explored: int) -> bool:
        """Whether no place from this one on may."""
        return explored >= self.most or bool(self.new_places and place > max(self.new_places))
