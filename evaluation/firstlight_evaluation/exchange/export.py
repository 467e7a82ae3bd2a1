"""Writes what a model that lives elsewhere may learn from, and whom it has to rank for; targets of the test stay here.

    exchange.json        format, domain, fingerprint, items, list_length, tuning {metric, max_options},
                         points [{k, declared, validation_cases, test_cases}]
    items.parquet        row, item_id, title, text, category, brand      the catalogue
    labels.parquet       label, name, prompt                             declarable names
    item_labels.parquet  row, label                                      which items carry them
    train.parquet        user, row, type, time_h, weight, basket, wanted in order; ``wanted`` speaks for its item
    validation.parquet   case, k, declared, user, history, types, gaps_h, weights, declared_labels, targets, tuning
    test.parquet         the same without targets and tuning

``tuning`` marks the cases that our own baselines are tuned on. Knows nothing of models.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_encoder.tokens import EVENT_TOKEN_TYPES
from firstlight_evaluation.baselines.tuning import MAX_OPTIONS
from firstlight_evaluation.exchange.numbered_cases import NumberedCase
from firstlight_evaluation.exchange.split_cases import SplitCases
from firstlight_evaluation.material import Material
from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_indexer.catalogue import Catalogue

FORMAT = 1
LIST_LENGTH = 100
"""How many items a case's list may hold."""

FACTS_FILE = "exchange.json"
_TYPE_NAMES = {int(kind): name for name, kind in EVENT_TOKEN_TYPES.items()}


def write_exchange(material: Material, catalogue: Catalogue, *, directory: Path) -> list[Path]:
    """Writes every file of the module's list into ``directory`` (made if need be) and returns their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    cases = SplitCases(material)
    tables = {
        "items": _items(catalogue),
        "labels": _labels(material.labels),
        "item_labels": _item_labels(material.labels),
        "train": _events(material.split.train),
        "validation": _case_table(cases.validation).with_columns(
            targets=_lists([one.case.targets.tolist() for one in cases.validation], pl.Int64),
            tuning=pl.Series([one.number in cases.tuning for one in cases.validation], dtype=pl.Boolean),
        ),
        "test": _case_table(cases.test),
    }
    for name, table in tables.items():
        table.write_parquet(directory / f"{name}.parquet")
    facts = json.dumps(_facts(material, cases), indent=1, ensure_ascii=False)
    (directory / FACTS_FILE).write_text(facts + "\n", encoding="utf-8")
    return [directory / FACTS_FILE, *(directory / f"{name}.parquet" for name in tables)]


def _facts(material: Material, cases: SplitCases) -> Mapping[str, object]:
    validation, test = (Counter(one.key.point for one in part) for part in (cases.validation, cases.test))
    return {
        "format": FORMAT,
        "domain": material.name,
        "fingerprint": cases.fingerprint,
        "items": material.split.train.item_count,
        "list_length": LIST_LENGTH,
        "tuning": {"metric": MAIN_METRIC, "max_options": MAX_OPTIONS},
        "points": [
            {
                "k": point.k,
                "declared": point.declared,
                "validation_cases": validation[point],
                "test_cases": test[point],
            }
            for point in sorted({*validation, *test})
        ],
    }


def _items(catalogue: Catalogue) -> pl.DataFrame:
    return catalogue.frame.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row"),
        "item_id",
        "title",
        pl.Series("text", catalogue.texts, dtype=pl.String),
        "category",
        "brand",
    )


def _labels(labels: Labels) -> pl.DataFrame:
    numbers = pl.Series(np.arange(len(labels.names)))
    return pl.DataFrame(
        {"label": numbers, "name": labels.names, "prompt": labels.prompts},
        schema={"label": pl.Int64, "name": pl.String, "prompt": pl.String},
    )


def _item_labels(labels: Labels) -> pl.DataFrame:
    rows = np.repeat(np.arange(len(labels.starts) - 1), np.diff(labels.starts))
    return pl.DataFrame({"row": rows, "label": labels.values})


def _events(log: Interactions) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "user": log.users,
            "row": log.items,
            "type": [_TYPE_NAMES[kind] for kind in log.types.tolist()],
            "time_h": log.times_h,
            "weight": log.weights,
            "basket": log.baskets,
            "wanted": log.wanted,
        }
    )


def _case_table(cases: Sequence[NumberedCase]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "case": pl.Series([one.number for one in cases], dtype=pl.Int64),
            "k": pl.Series([one.key.k for one in cases], dtype=pl.Int64),
            "declared": pl.Series([one.key.declared for one in cases], dtype=pl.Boolean),
            "user": pl.Series([one.key.user for one in cases], dtype=pl.Int64),
            "history": _lists([one.case.history.tolist() for one in cases], pl.Int64),
            "types": _lists([[_TYPE_NAMES[kind] for kind in one.case.types.tolist()] for one in cases], pl.String),
            "gaps_h": _lists([one.case.gaps_h.tolist() for one in cases], pl.Float32),
            "weights": _lists([one.case.weights.tolist() for one in cases], pl.Float32),
            "declared_labels": _lists([list(one.case.declared) for one in cases], pl.Int64),
        }
    )


def _lists(values: Sequence[Sequence[object]], inner: type[pl.DataType]) -> pl.Series:
    return pl.Series(values, dtype=pl.List(inner))
