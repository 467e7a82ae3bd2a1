import os
import subprocess
import sys
from pathlib import Path

import pytest

from firstlight_store import FaissUnavailable
from firstlight_store.faiss_runtime import faiss_owners, require_one_owner


def install(directory: Path, name: str) -> None:
    metadata = directory / f"{name.replace('-', '_')}-1.15.1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.15.1\n")


def test_one_distribution_is_found_here() -> None:
    assert len(faiss_owners()) == 1
    require_one_owner(faiss_owners())


def test_two_distributions_of_faiss_are_refused_by_name(tmp_path: Path) -> None:
    install(tmp_path, "faiss-cpu")
    install(tmp_path, "faiss-gpu")
    with pytest.raises(FaissUnavailable, match=r"faiss-cpu and faiss-gpu .*pip uninstall faiss-cpu faiss-gpu"):
        require_one_owner(faiss_owners([str(tmp_path)]))


def test_a_missing_faiss_names_the_extra_to_install(tmp_path: Path) -> None:
    with pytest.raises(FaissUnavailable, match=r"firstlight\[cpu\]"):
        require_one_owner(faiss_owners([str(tmp_path)]))


def test_importing_the_store_loads_neither_faiss_nor_torch() -> None:
    program = "import firstlight_store, sys; sys.exit(sum(m in sys.modules for m in ('faiss', 'torch', 'grpc')))"
    ran = subprocess.run([sys.executable, "-c", program], check=False, env=os.environ, timeout=60)
    assert ran.returncode == 0
