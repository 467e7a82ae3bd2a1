"""A declaration: an interest that the user states instead of shows. It does not know how it travels."""

from dataclasses import KW_ONLY, dataclass
from typing import Self

from firstlight import _arguments
from firstlight._enums import Interest


@dataclass(frozen=True, slots=True)
class Declaration:
    """An interest that the user states, such as `Declaration.category("Cold cereal")`.

    Any wording works, known to the catalogue or not, since it is read as text.

    Attributes:
        kind: What it speaks about; its string ("category") will do as well.
        value: The category (a leaf's name or a path "Grocery > Breakfast > Cold cereal"), the brand, or free text.
        weight: How much it counts; if absent, 1. Negative means "not this".

    Raises:
        TypeError: A value has the wrong type.
        ValueError: An unknown kind.

    """

    kind: Interest
    value: str
    _: KW_ONLY
    weight: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", _interest(self.kind))
        _arguments.text("Declaration.value", self.value)
        if self.weight is not None:
            object.__setattr__(self, "weight", _arguments.number("Declaration.weight", self.weight))

    @classmethod
    def category(cls, name: str, *, weight: float | None = None) -> Self:
        """Declare a category, by a leaf's name or by its path."""
        return cls(Interest.CATEGORY, name, weight=weight)

    @classmethod
    def brand(cls, name: str, *, weight: float | None = None) -> Self:
        """Declare a brand."""
        return cls(Interest.BRAND, name, weight=weight)

    @classmethod
    def text(cls, words: str, *, weight: float | None = None) -> Self:
        """Declare free text, such as "something warm for a winter evening"."""
        return cls(Interest.TEXT, words, weight=weight)


def _interest(value: object) -> Interest:
    try:
        return Interest(value)  # type: ignore[arg-type]  # anything else raises
    except ValueError:
        known = ", ".join(Interest)
        raise ValueError(f"Declaration.kind must be one of {known}; got {value!r}") from None
