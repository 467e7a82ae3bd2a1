"""Whatever can be wrong with a snapshot's directory, each as a function that does it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path


def change(name: str, data: bytes) -> Callable[[Path], None]:
    def act(directory: Path) -> None:
        (directory / name).unlink(missing_ok=True)
        (directory / name).write_bytes(data)

    return act


def remove(name: str) -> Callable[[Path], None]:
    def act(directory: Path) -> None:
        (directory / name).unlink()

    return act


def add_directory(directory: Path) -> None:
    (directory / "empty").mkdir()


def swap(directory: Path) -> None:
    first, second = directory / "vectors.safetensors", directory / "labels.safetensors"
    first.rename(directory / "swap")
    second.rename(first)
    (directory / "swap").rename(second)


def link(directory: Path) -> None:
    shutil.move(directory / "index.faiss", directory.parent / "elsewhere.faiss")
    (directory / "index.faiss").symlink_to(directory.parent / "elsewhere.faiss")


def link_directory(directory: Path) -> None:
    shutil.move(directory / "space", directory.parent / "elsewhere")
    (directory / "space").symlink_to(directory.parent / "elsewhere")


def link_manifest(directory: Path) -> None:
    shutil.move(directory / "manifest.json", directory.parent / "elsewhere.json")
    (directory / "manifest.json").symlink_to(directory.parent / "elsewhere.json")


def edit_manifest(**changes: object) -> Callable[[Path], None]:
    def act(directory: Path) -> None:
        path = directory / "manifest.json"
        path.chmod(0o644)
        path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))

    return act
