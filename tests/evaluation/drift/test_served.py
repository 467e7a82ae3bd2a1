"""A published snapshot judged by users it was not built from, through the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from firstlight_evaluation.cli import app
from firstlight_evaluation.drift.served import served
from firstlight_evaluation.errors import NoCasesError
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.pipeline import build
from firstlight_store import SnapshotStore
from tests.encoder.tiny_checkpoint import write_tiny_checkpoint
from tests.evaluation.tiny_shop_files import write_tiny_shop
from tests.shared_export import shared_exports


@pytest.fixture(scope="module")
def toml(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with long-time customers, published."""
    folder = tmp_path_factory.mktemp("drifting")
    encoder = write_tiny_checkpoint(folder / "encoder", layers=2)
    (folder / "work").mkdir()
    (folder / "work" / "exported").symlink_to(shared_exports(tmp_path_factory, encoder))
    toml = write_tiny_shop(folder, users=60, baskets=30, encoder=encoder)
    toml.write_text(toml.read_text() + "ranker = 'mix'\nranker_parts = 0\n")
    build(load_domain(toml), workdir=toml.parent / "work", store=SnapshotStore(toml.parent / "data"))
    return toml


def test_those_whom_the_build_held_out_judge(toml: Path) -> None:
    with SnapshotStore(toml.parent / "data").open() as snapshot:
        found = served(snapshot, load_domain(toml), workdir=toml.parent / "work", users=None)
        assert len(np.intersect1d(found.train.users, found.judges.users)) == 0
        assert len(np.unique(found.judges.users)) > 0
        assert len(found.vectors) == found.train.item_count


def test_of_another_domain_only_further_users_judge(toml: Path, tmp_path: Path) -> None:
    more = write_tiny_shop(tmp_path / "more", users=65, baskets=30, encoder=toml.parent / "encoder")
    with SnapshotStore(toml.parent / "data").open() as snapshot:
        found = served(snapshot, load_domain(toml), workdir=tmp_path / "work", users=load_domain(more))
        users: list[int] = np.unique(found.judges.users).tolist()
        assert {found.judges.user_ids[user] for user in users} == {f"u{number}" for number in range(60, 65)}
        with pytest.raises(NoCasesError, match="was not built from"):
            served(snapshot, load_domain(toml), workdir=tmp_path / "work", users=load_domain(toml))


def test_the_commands_write_their_reports(toml: Path, tmp_path: Path) -> None:
    shared = ["--domain", str(toml), "--workdir", str(toml.parent / "work"), "--reports", str(tmp_path)]
    for command in (["drift", "--snapshots", str(toml.parent / "data"), "--journeys", "10"], ["next"]):
        result = CliRunner().invoke(app, [command[0], *shared, *command[1:]])
        assert result.exit_code == 0, result.output
        for ending in ("json", "md", "svg", "png"):
            assert f"wrote {tmp_path / 'tiny-shop' / command[0]}.{ending}\n" in result.stdout
    told = {name: (tmp_path / "tiny-shop" / name).read_text() for name in ("drift.json", "drift.md", "next.json")}
    assert json.loads(told["drift.json"])["users_of"] is None
    assert "> Made up." in told["drift.md"]
    assert json.loads(told["next.json"])["errors"].keys() == {"category"}


def test_a_catalogue_without_names_has_no_next_step_and_the_command_says_so(toml: Path, tmp_path: Path) -> None:
    bare = write_tiny_shop(tmp_path, users=20, encoder=toml.parent / "encoder")
    lines = (tmp_path / "catalogue.csv").read_text().splitlines()
    (tmp_path / "catalogue.csv").write_text("\n".join(line.rsplit(",", 1)[0] for line in lines) + "\n")
    shared = ["--domain", str(bare), "--workdir", str(tmp_path / "work"), "--reports", str(tmp_path / "reports")]
    result = CliRunner().invoke(app, ["next", *shared])
    assert result.exit_code == 0, result.output
    assert "tiny-shop: the catalogue has no categories or brands" in result.stdout
    assert not (tmp_path / "reports").exists()
