"""``firstlight-indexer tags``: which words fit which items of a domain. Prints and writes; decides nothing."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import chosen_device
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import DomainFile, load_domain
from firstlight_indexer.encoder_directory import encoder_directory
from firstlight_indexer.pipeline_settings import PipelineSettings, pipeline_settings
from firstlight_indexer.progress import Progress
from firstlight_indexer.progress_bars import progress_bars
from firstlight_indexer.tagging.tagged_items import TaggedItems, tag_items
from firstlight_indexer.tagging.tags_file import FACTS, TAGS, write_tags
from firstlight_indexer.texts import encode_texts

_EXAMPLES = 3


def command(
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps the cleaned data and the text vectors between runs.")],
    out: Annotated[Path, typer.Option(help="The folder of tags.parquet and tags.json.")],
    names: Annotated[list[str] | None, typer.Argument(help="Any words; if none are given, [tags] names.")] = None,
    least: Annotated[
        float | None, typer.Option(min=0, max=1, help="The least confidence; instead of [tags] least.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Say which words fit which items of the whole catalogue, before [tags] publishes them with the next snapshot.

    Example: firstlight-indexer tags --domain shop --workdir work --out tags "gift for children" waterproof
    """
    read = load_domain(domain)
    if names:
        read = read.with_key("tags", "names", names)
    if least is not None:
        read = read.with_key("tags", "least", least)
    settings = pipeline_settings(read)
    if not settings.tags.names:
        raise typer.BadParameter('give tags, or put [tags] names = ["..."] into firstlight.toml', param_hint="names")
    with progress_bars(Console(stderr=True)) as progress:
        catalogue, found = _tagged(read, settings, workdir=workdir, progress=progress)
    write_tags(out, found, catalogue, domain=read.name)
    if as_json:
        sys.stdout.write((out / FACTS).read_text(encoding="utf-8"))
    else:
        console = Console(highlight=False)
        console.print(_table(found, catalogue))
        console.print(f"tags: {out / TAGS}", soft_wrap=True)


def _tagged(
    domain: DomainFile, settings: PipelineSettings, *, workdir: Path, progress: Progress
) -> tuple[Catalogue, TaggedItems]:
    """By the text encoder as it is before any fine-tuning."""
    checkpoint = Checkpoint.open(encoder_directory(settings.encoder, beside=domain.path.parent))
    catalogue = Catalogue.read(clean(domain, workdir / "clean", progress=progress))
    encoder, cache = TorchTextEncoder(checkpoint, device=chosen_device(settings.encoder.device)), workdir / "vectors"
    texts = encode_texts(catalogue, encoder, cache=cache, progress=progress)
    found = tag_items(catalogue, texts.table, settings.tags, encoder=encoder, cache=cache, progress=progress)
    return catalogue, found


def _table(found: TaggedItems, catalogue: Catalogue) -> Table:
    table = Table("tag", "items", "share", "surest", title="tags", title_justify="left")
    titles = catalogue.frame["title"]
    for place, name in enumerate(found.names):
        rows = found.rows[found.tags == place]
        surest = list(dict.fromkeys(titles[row] for row in rows.tolist()))[:_EXAMPLES]
        table.add_row(name, f"{len(rows):,}", f"{len(rows) / len(catalogue):.1%}", "; ".join(surest))
    table.caption = f"confidence {found.least:.2f} and more"
    table.caption_justify = "left"
    return table
