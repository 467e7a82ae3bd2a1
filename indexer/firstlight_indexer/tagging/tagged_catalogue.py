"""The catalogue of a build with the tags that ``[tags]`` asks for. Knows nothing of how an item is judged."""

from pathlib import Path

from firstlight_encoder.device import chosen_device
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.compression_gate import EncodedSpace
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.pipeline_settings import PipelineSettings
from firstlight_indexer.progress import Progress
from firstlight_indexer.tagging.tagged_items import tag_items
from firstlight_indexer.tagging.tags_table import TagsTable


def require_free(catalogue: Catalogue, asked: TagsTable) -> None:
    """Refuses tags that could not be told from what the shop says.

    Raises:
        DomainFileError: items have an attribute of that name already.
    """
    keys = catalogue.frame["attributes"].explode(empty_as_null=True, keep_nulls=True).struct.field("key")
    if asked.published and asked.published in keys:
        raise DomainFileError(
            f"[tags] attribute = {asked.attribute!r}: the catalogue has one of that name; give the tags another"
        )


def tagged(
    catalogue: Catalogue, encoded: EncodedSpace, settings: PipelineSettings, *, cache: Path, progress: Progress
) -> Catalogue:
    """``catalogue``, each item with the tags that fit it as an attribute; as it is where none are asked for.

    Args:
        catalogue: the items.
        encoded: their text vectors, and whose they are.
        settings: of the build.
        cache: directory of text vectors.
        progress: told how many words are encoded.
    """
    asked = settings.tags
    if not asked.names:
        return catalogue
    encoder = TorchTextEncoder(encoded.checkpoint, device=chosen_device(settings.encoder.device))
    found = tag_items(catalogue, encoded.texts.table, asked, encoder=encoder, cache=cache, progress=progress)
    return catalogue.with_attribute(asked.attribute, found.by_item(len(catalogue)))
