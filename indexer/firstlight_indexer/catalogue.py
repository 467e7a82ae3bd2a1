"""The cleaned catalogue as the space sees it: rows, item texts, categories and declarable names.

Row numbers of everything downstream (interactions, vectors, index) are rows of this table. Knows nothing of vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from firstlight_encoder.item_text import item_text
from firstlight_encoder.labels import Labels, brand_labels, category_labels, path_labels, phrase_labels, tag_labels
from firstlight_encoder.prior import Rows, category_levels
from firstlight_indexer.contract import CategoryMeaning, CleanDomain


@dataclass(frozen=True)
class DeclarableName:
    """A name that the snapshot knows without a text encoder.

    Attributes:
        kind: "category" or "brand".
        name: as the catalogue writes it; a category's own name or its whole path, or a tag.
        prompt: the text that stands for declaring it.
        label: its number among ``Catalogue.names``.
    """

    kind: str
    name: str
    prompt: str
    label: int


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

    def with_attribute(self, key: str, values: Sequence[Sequence[str]]) -> "Catalogue":
        """The same items, each with further values of the attribute ``key``; texts and categories are as they were."""
        own = self.frame["attributes"].to_list()
        more = [[{"key": key, "value": value} for value in of_item] for of_item in values]
        attributes = [[*had, *new] for had, new in zip(own, more, strict=True)]
        dtype = self.frame.schema["attributes"]
        return replace(self, frame=self.frame.with_columns(pl.Series("attributes", attributes, dtype=dtype)))

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
        """What newcomers who are judged declare: categories, or shared title phrases where the shop has none."""
        if not any(self.categories):
            return phrase_labels(self.frame["title"].to_list())
        return (category_labels if self.meaning == "path" else tag_labels)(self.categories)

    @cached_property
    def names(self) -> Labels:
        """What newcomers declare in training: ``labels``, which keep their numbers, whole category paths and brands."""
        paths = path_labels(self.categories if self.meaning == "path" else [[] for _ in self.categories])
        return self.labels.beside(paths).beside(brand_labels(self.frame["brand"].to_list()))

    @cached_property
    def declarable(self) -> list[DeclarableName]:
        """Those of ``names`` that a snapshot knows without a text encoder: every category, category path and brand."""
        names = zip(self.names.kinds, self.names.names, self.names.prompts, strict=True)
        return [DeclarableName(*name, label) for label, name in enumerate(names) if name[0] != "phrase"]
