"""The house rules that a machine can hold: sizes, docstrings, names and leftovers in hand-written Python files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.statements import statements

FOLDERS = (
    "client",
    "encoder",
    "evaluation",
    "indexer",
    "server",
    "store",
    "tests",
    "benchmarks",
    "examples",
    "docs",
)
GENERATED = "client/firstlight/v1/"
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
LEFTOVER = re.compile(r"NotImplementedError|\b(?:TODO|FIXME|XXX)\b")


def _hand_written(repository: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in sorted((repository / folder).rglob("*.py")):
            name = path.relative_to(repository).as_posix()
            if not name.startswith(GENERATED):
                yield name, path


@pytest.fixture(scope="module")
def sources(repository: Path) -> dict[str, str]:
    return {name: path.read_text(encoding="utf-8") for name, path in _hand_written(repository)}


@pytest.fixture(scope="module")
def trees(sources: dict[str, str]) -> dict[str, ast.Module]:
    return {name: ast.parse(text, filename=name) for name, text in sources.items()}


@pytest.fixture(scope="module")
def product(sources: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in sources.items() if not name.startswith("tests/")}


def test_no_file_is_longer_than_a_reader_can_hold(sources: dict[str, str]) -> None:
    long = {name: text.count("\n") for name, text in sources.items() if text.count("\n") > MAX_FILE_LINES}
    assert long == {}


def test_no_function_is_longer_than_a_page(trees: dict[str, ast.Module]) -> None:
    long = {
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees.items()
        for node in statements(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert long == set()


def test_every_module_says_what_it_is_for(trees: dict[str, ast.Module], product: dict[str, str]) -> None:
    silent = [name for name in product if not ast.get_docstring(trees[name])]
    assert silent == []


def test_no_module_hides_behind_an_empty_name(sources: dict[str, str]) -> None:
    hidden = [name for name in sources if EMPTY_NAMES & set(re.split(r"[_.]", Path(name).name))]
    assert hidden == []


def test_nothing_is_left_for_later(product: dict[str, str]) -> None:
    left = {f"{name}: {match[0]}" for name, text in product.items() for match in LEFTOVER.finditer(text)}
    assert left == set()


def test_folders_between_the_product_and_its_tests_are_the_ones_the_rules_cover(repository: Path) -> None:
    ignored = {"build", "dist", "var", "reports"}
    holding = {
        path.name
        for path in repository.iterdir()
        if path.is_dir() and not path.name.startswith(".") and any(path.rglob("*.py"))
    }
    assert holding - ignored <= set(FOLDERS)
