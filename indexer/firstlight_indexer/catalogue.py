"""The cleaned catalogue as the space sees it: rows, item texts, categories and declarable names.

Row numbers of everything downstream (interactions, vectors, index) are rows of this table. Knows nothing of vectors.
"""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from firstlight_encoder.item_text import brand_text, category_text, item_text
from firstlight_encoder.labels import Labels, category_labels, phrase_labels, tag_labels
from firstlight_encoder.prior import Rows, category_levels
from firstlight_indexer.contract import CategoryMeaning, CleanDomain

PATH_SEPARATOR = " > "


@dataclass(frozen=True)
class DeclarableName:
    """A name that the snapshot knows without a text encoder.

    Attributes:
        kind: "category" or "brand".
        name: as the catalogue writes it; a category's own name or its whole path, or a tag.
        prompt: the text that stands for declaring it.
    """

    kind: str
    name: str
    prompt: str


@dataclass(frozen=True)
class Catalogue:
    """The items of one domain.

    Attributes:
        frame: items.parquet of the cleaned domain, sorted by item_id.
        meaning: whether an item's categories are a path or tags.
    """

    frame: pl.DataFrame
    meaning: CategoryMeaning = "path"

    @classmethod
    def read(cls, domain: CleanDomain) -> "Catalogue":
        """Reads the cleaned catalogue."""
        return cls(pl.read_parquet(domain.items), domain.categories)

    def __len__(self) -> int:
        return self.frame.height

    @cached_property
    def categories(self) -> list[list[str]]:
        """Every item's category path, root first, or its tags; empty where it has none."""
        return self.frame["category"].to_list()

    @cached_property
    def levels(self) -> tuple[Rows, ...]:
        """The category levels that the prior backs off through; one level of equal sets where categories are tags."""
        if self.meaning == "tags":
            return category_levels([[" | ".join(sorted(set(tags)))] for tags in self.categories])
        return category_levels(self.categories)

    @cached_property
    def texts(self) -> list[str]:
        """What the text encoder reads of every item."""
        rows = self.frame.select("title", "category", "brand", "description").iter_rows()
        field = "category" if self.meaning == "path" else "tags"
        return [
            item_text(title, brand=brand, description=description, **{field: own})
            for title, own, brand, description in rows
        ]

    @cached_property
    def labels(self) -> Labels:
        """What newcomers declare in training: categories, or shared title phrases where the shop has none."""
        if not any(self.categories):
            return phrase_labels(self.frame["title"].to_list())
        return (category_labels if self.meaning == "path" else tag_labels)(self.categories)

    @cached_property
    def declarable(self) -> list[DeclarableName]:
        """Every category name, category path (or tag) and brand, in the order of the catalogue."""
        brands = self.frame["brand"].drop_nulls().unique(maintain_order=True).to_list()
        return [
            *(DeclarableName("category", name, category_text(name)) for name in self._category_names()),
            *(DeclarableName("brand", name, brand_text(name)) for name in brands),
        ]

    def _category_names(self) -> dict[str, None]:
        """Tags, or every level of the paths by its own name and by its whole path; unique, in order."""
        if self.meaning == "tags":
            return dict.fromkeys(tag for tags in self.categories for tag in tags)
        paths = dict.fromkeys(tuple(path[:end]) for path in self.categories for end in range(1, len(path) + 1))
        return dict.fromkeys(name for path in paths for name in (path[-1], PATH_SEPARATOR.join(path)))
