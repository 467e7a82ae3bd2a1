"""How to build a vector index, and what came of it. It knows nothing of FAISS."""

from dataclasses import dataclass
from typing import Literal

from firstlight_store.errors import IndexInputInvalid
from firstlight_store.manifest import JsonScalar

IndexKind = Literal["auto", "flat", "flat_fp16", "flat_sq8", "ivf_sq8", "ivf_fp16", "ivf_pq"]
"""Bytes a coordinate takes: 4 where nothing is said, 2 (fp16), 1 (sq8) or `1 / code_group` (pq)."""

FEWEST_PRODUCT_ROWS = 256
"""Rows that product codes (`ivf_pq`) need: one for every value of a byte."""


@dataclass(frozen=True, kw_only=True)
class IndexSettings:
    """Choices for a build; the defaults suit catalogues up to a few million items."""

    kind: IndexKind = "auto"
    """`auto` is `flat` up to `flat_limit` rows and `ivf_sq8` above."""
    flat_limit: int = 20_000
    """Rows."""
    lists: int | None = None
    """Inverted lists; None chooses the power of two nearest to 4 * sqrt(rows)."""
    overfetch: int = 4
    """Candidates taken from the compressed index, per result, to be scored exactly; doubled up to `most_overfetch`
    where product codes need more to reach `recall_target`."""
    most_overfetch: int = 32
    code_group: int = 4
    """Coordinates that one byte of a product code stands for; the prior has a byte to itself."""
    recall_target: float = 0.98
    """The smallest number of probed lists that reaches this recall@10 is chosen."""
    recall_floor: float = 0.95
    """Below this recall@10 no index is made."""
    recall_queries: int = 1_000
    """At most so many of the given queries are measured, drawn with `seed`."""
    train_rounds: int = 10
    """k-means iterations."""
    seed: int = 0
    threads: int = 1
    """OpenMP threads of the build; results repeat to the bit with one."""

    def __post_init__(self) -> None:
        """Raise `IndexInputInvalid` where values contradict one another."""
        if not 0.0 <= self.recall_floor <= self.recall_target <= 1.0:
            raise IndexInputInvalid(
                f"recall_floor {self.recall_floor} and recall_target {self.recall_target} must be in order, within 0..1"
            )
        for name in ("flat_limit", "overfetch", "code_group", "recall_queries", "train_rounds", "threads"):
            if getattr(self, name) < 1:
                raise IndexInputInvalid(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.most_overfetch < self.overfetch:
            raise IndexInputInvalid(f"most_overfetch is {self.most_overfetch}; it must be at least {self.overfetch}")
        if self.lists is not None and self.lists < 1:
            raise IndexInputInvalid(f"lists is {self.lists}; it must be at least 1, or None to choose by size")


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """What was built and how good it is."""

    kind: str
    """As FAISS writes it: "Flat", "IVF1024,SQ8"."""
    rows: int
    dimension: int
    """d + 1."""
    lists: int
    """Inverted lists; 1 for flat."""
    nprobe: int
    """Lists probed for ten results; more results probe proportionally more."""
    overfetch: int
    recall_at_10: float
    """Against exact search on the given queries, ties counted as hits."""
    prior_recall_at_10: float
    """The same for the query of someone of whom nothing is known."""
    queries: int
    """How many queries were measured."""
    trained_on: str
    """"cpu" or "gpu"."""
    seconds: float
    """Wall time of the build, measuring included."""

    def facts(self) -> dict[str, JsonScalar]:
        """Return what the manifest keeps: all that repeats from run to run, so neither time nor device."""
        return {
            "kind": self.kind,
            "rows": self.rows,
            "dimension": self.dimension,
            "lists": self.lists,
            "nprobe": self.nprobe,
            "overfetch": self.overfetch,
            "recall_at_10": round(self.recall_at_10, 6),
            "prior_recall_at_10": round(self.prior_recall_at_10, 6),
            "queries": self.queries,
        }
