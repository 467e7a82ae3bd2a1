"""Every feature of one candidate, worked out on its own from the meaning of its name: slow and plain.

Shares no arithmetic with the code under test.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from firstlight_encoder.second_stage.catalogue_side import TABLES, CatalogueSide
from firstlight_encoder.second_stage.features import FLOOR
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.item_facts import UNKNOWN
from firstlight_encoder.second_stage.known import MOST_EVENTS, Known


class PlainFeatures:
    """Features of the candidates ``rows`` of one newcomer."""

    def __init__(self, side: CatalogueSide, known: Known, first: FirstStage, rows: Sequence[int]) -> None:
        self._side, self._known, self._rows = side, known, rows
        self._history: list[int] = known.history.tolist()[-MOST_EVENTS:]
        self._lifts: dict[int, float] = dict(zip(first.lift.rows.tolist(), first.lift.values.tolist(), strict=True))
        self._query: list[float] = first.query.tolist()
        self._scores = {row: self._inner(self._query, row) + self._lifts.get(row, 0.0) for row in rows}
        self._sums = {table: {row: self._sum(table, row) for row in rows} for table in TABLES}

    def of(self, row: int) -> dict[str, float]:
        """By name; all but the mixture, which is a table of weights over these."""
        return self._of_space(row) | self._of_tables(row) | self._of_likeness(row) | self._of_facts(row) | {
            **self._of_words(row),
            **self._of_taste(row),
            "lift by declarations": self._lifts.get(row, 0.0),
            "events": float(len(self._known.history)),
            "declarations": float(len(self._known.declared)),
            "mean log prior of events": _mean([self._prior(item) for item in self._history]),
            "best score": max(self._scores.values()),
        }  # fmt: skip

    def ranks_of(self, row: int) -> dict[str, tuple[int, int]]:
        """The lowest and the highest place that rounding may give to a rank."""
        lines: dict[str, Mapping[int, float]] = {"rank in space": self._scores}
        lines |= {f"{table}: rank": self._sums[table] for table in TABLES if self._history}
        return {name: _places(line, row) for name, line in lines.items()}

    def _inner(self, query: Sequence[float], row: int) -> float:
        return math.fsum(one * other for one, other in zip(query, self._side.rows[row].tolist(), strict=True))

    def _cosine(self, item: int, row: int) -> float:
        return self._inner([*self._side.rows[item, :-1].tolist(), 0.0], row)

    def _prior(self, row: int) -> float:
        return float(self._side.rows[row, -1])

    def _probability(self, table: str, item: int, row: int) -> float:
        ids: list[int] = self._side.tables[table].ids[item].tolist()
        return float(self._side.tables[table].probabilities[item, ids.index(row)]) if row in ids else 0.0

    def _sum(self, table: str, row: int) -> float:
        decay = self._side.tables[table].decay
        return math.fsum(
            decay**age * self._probability(table, item, row) for age, item in enumerate(reversed(self._history))
        )

    def _of_space(self, row: int) -> dict[str, float]:
        score, prior = self._scores[row], self._prior(row)
        return {
            "score below best": score - max(self._scores.values()),
            "affinity": score - self._query[-1] * prior,
            "log prior": prior,
        }

    def _of_tables(self, row: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for table in TABLES:
            beside = [self._probability(table, item, row) for item in self._history]
            found[f"{table}: log sum"] = math.log(self._sums[table][row] + FLOOR)
            found[f"{table}: log max"] = math.log(max(beside, default=0.0) + FLOOR)
            found[f"{table}: log of last"] = math.log((beside[-1] if beside else 0.0) + FLOOR)
            found[f"{table}: events that support"] = float(sum(value > 0 for value in beside))
        return found | {"log lift": found[f"{TABLES[0]}: log sum"] - self._prior(row)}

    def _of_likeness(self, row: int) -> dict[str, float]:
        cosines = [self._cosine(item, row) for item in self._history]
        return {
            "cosine to last": cosines[-1] if cosines else 0.0,
            "mean cosine": _mean(cosines),
            "highest cosine": max(cosines, default=0.0),
            "cosine to disliked": max((self._cosine(item, row) for item in self._known.disliked.tolist()), default=0.0),
        }

    def _of_taste(self, row: int) -> dict[str, float]:
        tastes = [
            math.fsum(one * other for one, other in zip(*self._side.tastes[[item, row]].tolist(), strict=True))
            for item in self._history
        ]
        return {
            "taste beside last": tastes[-1] if tastes else 0.0,
            "mean taste": _mean(tastes),
            "highest taste": max(tastes, default=0.0),
        }

    def _of_facts(self, row: int) -> dict[str, float]:
        facts = self._side.facts
        category = [_alike(facts.category.tolist(), item, row) for item in self._history]
        brand = [_alike(facts.brand.tolist(), item, row) for item in self._history]
        paid = [float(facts.log_price[item]) for item in self._history if not np.isnan(facts.log_price[item])]
        own = float(facts.log_price[row])
        return {
            "share in category": _mean(category),
            "category of last": category[-1] if category else 0.0,
            "share of brand": _mean(brand),
            "log price ratio": own - _mean(paid) if paid and not math.isnan(own) else 0.0,
        }

    def _of_words(self, row: int) -> dict[str, float]:
        matches = {True: [0.0], False: [0.0]}
        for text, weight in self._known.declared:
            rows, shares = self._side.lexicon.match(text)
            matches[weight > 0].append(dict(zip(rows.tolist(), shares.tolist(), strict=True)).get(row, 0.0))
        return {"match with declared": max(matches[True]), "match with declined": max(matches[False])}


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _alike(codes: Sequence[int], item: int, row: int) -> float:
    return float(codes[item] == codes[row] != UNKNOWN)


def _places(line: Mapping[int, float], row: int, *, close: float = 1e-5) -> tuple[int, int]:
    higher = sum(value > line[row] + close for value in line.values())
    level = sum(abs(value - line[row]) <= close for value in line.values())
    return higher, higher + level - 1
