"""What a rebuild encodes again: nothing where nothing changed, and exactly the changed texts where 1 % of them changed.

Works on a copy of the domain, its work and its snapshot, through the indexer's command line. Knows nothing of how
texts are remembered.
"""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from rich.progress import Progress

from benchmarks.measure import Row, WrongAnswerError, summarise
from benchmarks.setting import Setting
from firstlight_encoder.item_text import item_text
from firstlight_indexer.domain_file import load_domain

COPY = Path("var/bench/rebuild")
CHANGED_SHARE = 0.01
NEW_WORDS = "new recipe"


@dataclass(frozen=True, kw_only=True)
class Rebuild:
    """What one run of the indexer came to.

    Attributes:
        encoded: Distinct item texts that it encoded.
        published: Whether it published a snapshot.
        took_s: How long it took, in seconds.
    """

    encoded: int
    published: bool
    took_s: float


def measure_rebuilding(setting: Setting, progress: Progress) -> list[Row]:
    """What is encoded, and how long it takes, with nothing changed and with 1 % of the item texts changed.

    Raises:
        WrongAnswerError: Another number of texts was encoded than changed.
    """
    task = progress.add_task("rebuilding: nothing changed", total=2)
    copy = _copy(setting)
    unchanged = _index(copy)
    if unchanged.encoded or unchanged.published:
        raise WrongAnswerError(f"nothing changed, yet {unchanged.encoded:,} item texts were encoded: {unchanged}")
    progress.update(task, advance=1, description="rebuilding: 1 % of the item texts changed")
    before = _texts(copy)
    asked = change_titles(copy, before)
    changed = _index(copy)
    new = set(_texts(copy).values()) - set(before.values())
    if not changed.encoded == len(new) == asked:
        raise WrongAnswerError(f"{asked:,} item texts changed, {len(new):,} are new, {changed.encoded:,} were encoded")
    progress.update(task, advance=1)
    return [
        summarise("rebuild, nothing changed: item texts encoded", [unchanged.encoded], unit="texts"),
        summarise("rebuild, nothing changed", [unchanged.took_s], unit="s"),
        summarise("rebuild, 1 % changed: item texts encoded", [changed.encoded], unit="texts", baselines=[asked]),
        summarise("rebuild, 1 % changed", [changed.took_s], unit="s"),
    ]


def change_titles(setting: Setting, texts: dict[str, str]) -> int:
    """Add words to the titles of every hundredth item, in the domain's own catalogue.

    Args:
        setting: Whose catalogue, one Parquet file.
        texts: An item's id -> its text.

    Returns:
        How many were changed.

    Raises:
        ValueError: The catalogue is not one Parquet file.
    """
    source = load_domain(setting.domain).catalogue
    if source.pattern.suffix != ".parquet" or not source.pattern.is_file():
        raise ValueError(f"{source.pattern}: the rebuild benchmark changes a catalogue that is one Parquet file")
    item_id, title = (source.wanted()[name][0] for name in ("item_id", "title"))
    chosen = sorted(texts)[:: round(1 / CHANGED_SHARE)]
    renamed = pl.when(pl.col(item_id).is_in(chosen)).then(pl.format("{} " + NEW_WORDS + " {}", title, item_id))
    pl.read_parquet(source.pattern).with_columns(renamed.otherwise(pl.col(title)).alias(title)).write_parquet(
        source.pattern
    )
    return len(chosen)


def _copy(setting: Setting) -> Setting:
    shutil.rmtree(COPY, ignore_errors=True)
    copy = replace(
        setting, domain=COPY / "domain" / setting.domain.name, workdir=COPY / "work", data_dir=COPY / "snapshots"
    )
    shutil.copytree(setting.domain.parent, copy.domain.parent)
    shutil.copytree(setting.workdir, copy.workdir)
    shutil.copytree(setting.data_dir / setting.tenant, copy.data_dir / setting.tenant)
    return copy


def _texts(setting: Setting) -> dict[str, str]:
    rows = setting.items().select("item_id", "title", "category", "brand", "description").iter_rows()
    return {
        item_id: item_text(title, category=category, brand=brand, description=description)
        for item_id, title, category, brand, description in rows
    }


def _index(setting: Setting) -> Rebuild:
    program = str(Path(sys.executable).with_name("firstlight-indexer"))
    files = ["--domain", str(setting.domain), "--workdir", str(setting.workdir), "--data-dir", str(setting.data_dir)]
    started = time.perf_counter()
    ran = subprocess.run(
        [program, "index", *files, "--tenant", setting.tenant, "--json"], stdout=subprocess.PIPE, text=True, check=True
    )
    took_s = time.perf_counter() - started
    summary = json.loads(ran.stdout.splitlines()[-1])
    return Rebuild(encoded=summary["item_texts_encoded"], published=summary["changed"], took_s=took_s)
