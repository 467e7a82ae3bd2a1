"""A shop, its work folder and its snapshots, and the two ways to build there."""

from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from firstlight_indexer.cli import app
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.pipeline import Build, build
from firstlight_store import SnapshotStore


@dataclass(frozen=True)
class Workplace:
    """A toy shop, its work folder and its snapshots."""

    root: Path

    @property
    def shop(self) -> Path:
        return self.root / "shop"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def store(self) -> SnapshotStore:
        return SnapshotStore(self.root / "data")

    def build(self, *, force: bool = False) -> Build:
        return build(load_domain(self.shop), workdir=self.work, store=self.store, force=force)

    def printed(self, *options: str) -> str:
        """What `firstlight-indexer index` writes to standard output."""
        folders = ("--domain", str(self.shop), "--workdir", str(self.work), "--data-dir", str(self.root / "data"))
        result = CliRunner().invoke(app, ["index", *folders, *options], catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout
