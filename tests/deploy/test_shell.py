"""Every shell script of the repository passes shellcheck."""

from pathlib import Path

from tests.deploy.conftest import checked

ELSEWHERE = (".git", ".venv", "var", "reports")
"""What such folders' names begin with: environments have one a peer."""


def test_shellcheck_has_nothing_to_say(repository: Path) -> None:
    files = [path for folder in _folders(repository) for path in folder.rglob("*") if path.is_file()]
    scripts = [path for path in files + list(repository.glob("*")) if path.is_file() and _is_script(path)]
    assert {".ci/run", "benchmarks/gpu.sh"} <= {path.relative_to(repository).as_posix() for path in scripts}
    assert checked("shellcheck", *scripts) == []


def _folders(repository: Path) -> list[Path]:
    return [path for path in repository.iterdir() if path.is_dir() and not path.name.startswith(ELSEWHERE)]


def _is_script(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(80)
    return path.suffix == ".sh" or (first.startswith(b"#!") and first.strip().endswith(b"sh"))
