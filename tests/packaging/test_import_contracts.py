"""Who may import whom: the contracts in pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path


def test_every_import_contract_is_kept(repository: Path) -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    linted = subprocess.run(
        [str(lint), "--no-cache"], cwd=repository, capture_output=True, text=True, check=False, timeout=110
    )
    assert linted.returncode == 0, linted.stdout
    assert " 0 broken" in linted.stdout
