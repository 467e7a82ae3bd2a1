"""The other domains that a domain's [transfer] names, cleaned, encoded and split like itself.

Knows nothing of training.
"""

from dataclasses import dataclass
from pathlib import Path

from firstlight_encoder.split import split_users
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile, load_domain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.pipeline_settings import pipeline_settings
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress
from firstlight_indexer.texts import encode_texts


@dataclass(frozen=True)
class SourceDomain:
    """A cleaned source.

    Attributes:
        file: its firstlight.toml.
        cleaned: its items and events.
    """

    file: DomainFile
    cleaned: CleanDomain

    def prepared(self, encoder: TorchTextEncoder, *, cache: Path, progress: Progress) -> PreparedDomain:
        """Its texts in ``encoder``'s vectors, kept in ``cache``; a tenth of its users or so to validate on."""
        catalogue = Catalogue.read(self.cleaned)
        table = pipeline_settings(self.file).train
        split = split_users(
            read_interactions(self.cleaned, catalogue),
            seed=table.seed,
            validation_share=table.validation_share,
            test_share=0.0,
            time_quantile=None,
        )
        texts = encode_texts(catalogue, encoder, cache=cache, progress=progress)
        return PreparedDomain(self.file.name, split, catalogue, texts.table)


def clean_sources(target: DomainFile, *, workdir: Path, progress: Progress) -> list[SourceDomain]:
    """Cleans every source of ``target`` into ``workdir``.

    Raises:
        IndexerError: if a source, its files or its settings are wrong, or two domains have one name.
    """
    paths = pipeline_settings(target).transfer.sources
    files = [load_domain((target.path.parent / path).resolve()) for path in paths]
    names = [target.name, *(file.name for file in files)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DomainFileError(
            f"{target.path}: [transfer] sources: two domains are called {twice[0]!r}; name each of them once, and "
            "never the domain itself"
        )
    return [SourceDomain(file, clean(file, workdir / "sources" / file.name, progress=progress)) for file in files]


def prepared_sources(
    target: DomainFile, encoder: TorchTextEncoder, *, workdir: Path, progress: Progress
) -> list[PreparedDomain]:
    """Every source of ``target``, cleaned and in ``encoder``'s vectors.

    Raises:
        IndexerError: as ``clean_sources`` does.
    """
    found = clean_sources(target, workdir=workdir, progress=progress)
    return [source.prepared(encoder, cache=workdir / "vectors", progress=progress) for source in found]
