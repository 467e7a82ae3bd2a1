"""Writes a folder as a whole or not at all. It does not know what is in it."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced_folder(target: Path) -> Generator[Path]:
    """Give an empty folder to fill; when the block ends without an error it takes the place of `target`.

    After an error `target` is as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    filled, previous = beside / "new", beside / "old"
    filled.mkdir()
    try:
        yield filled
        if target.exists():
            target.rename(previous)
        try:
            filled.rename(target)
        except OSError:
            if previous.exists():
                previous.rename(target)
            raise
    finally:
        shutil.rmtree(beside)
