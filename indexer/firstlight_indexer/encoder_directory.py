"""Where a domain's text encoder lies on disk. Knows nothing of what is in it."""

import importlib
import importlib.util
from pathlib import Path

from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.pipeline_settings import EncoderTable

_WAY_OUT = "give a sentence-transformers or Hugging Face directory as [encoder] path"


def encoder_directory(table: EncoderTable, *, beside: Path) -> Path:
    """The given path, relative to ``beside``, or the one inside the given package.

    Raises:
        DomainFileError: if it is not there.
    """
    if table.path is None:
        return _inside_package(table.package)
    path = beside / table.path
    if not path.is_dir():
        raise DomainFileError(f"[encoder] path = {str(table.path)!r}: there is no directory {path}; {_WAY_OUT}")
    return path


def _inside_package(name: str) -> Path:
    if not name.isidentifier() or importlib.util.find_spec(name) is None:
        raise DomainFileError(
            f"[encoder] package = {name!r} is not installed; run `pip install 'firstlight[demo]'`, or {_WAY_OUT}"
        )
    package = importlib.import_module(name)
    if not hasattr(package, "get_model_path"):
        raise DomainFileError(f"[encoder] package = {name!r} holds no text encoder (no get_model_path()); {_WAY_OUT}")
    return Path(package.get_model_path())
