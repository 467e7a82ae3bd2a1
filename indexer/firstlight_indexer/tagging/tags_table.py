"""`[tags]` of firstlight.toml: which words the catalogue is tagged with. Knows nothing of vectors."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_Name = Annotated[str, Field(min_length=1, max_length=128)]


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise ValueError(f"{twice!r} stands there twice; each tag is told once")
    return names


class TagsTable(BaseModel):
    """`[tags]`.

    Attributes:
        names: the tags, any words; none for no tags.
        attribute: of the items, under which the fitting tags are published, to be filtered by.
        least: the least confidence, in 0..1; none for where F1 is highest on the catalogue's own categories.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: Annotated[tuple[_Name, ...], Field(max_length=100), AfterValidator(_distinct)] = ()
    attribute: _Name = "tag"
    least: float | None = Field(default=None, ge=0, le=1)

    @property
    def published(self) -> str:
        """The attribute that a build fills; empty where there are no tags."""
        return self.attribute if self.names else ""
