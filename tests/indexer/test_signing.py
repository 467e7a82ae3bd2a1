"""Keys from the command line, and snapshots signed with them."""

import stat
from pathlib import Path

from typer.testing import CliRunner

from firstlight_indexer.already_published import already_published
from firstlight_indexer.cli import app
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import KeyFileError
from firstlight_indexer.pipeline_settings import pipeline_settings
from firstlight_store import PublicKeys, SigningKey, SnapshotStore
from tests.indexer.toy_shop import write_toy_shop
from tests.store.tiny_snapshot import publish, quick_store


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_a_key_pair_is_made_once_and_its_private_half_is_for_its_owner_only(tmp_path: Path) -> None:
    private, public = tmp_path / "sign.key", tmp_path / "sign.key.pub"
    assert str(public) in run("keys", str(private)).replace("\n", "")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert PublicKeys.read(public).trust(SigningKey.read(private).sign(b"x"), b"x")
    content = private.read_bytes()
    result = CliRunner().invoke(app, ["keys", str(private)])
    assert isinstance(result.exception, KeyFileError)
    assert private.read_bytes() == content


def test_a_snapshot_that_is_there_already_is_signed_from_the_command_line(tmp_path: Path) -> None:
    snapshot_id = publish(quick_store(tmp_path / "data"))
    run("keys", str(tmp_path / "sign.key"))
    options = ("--data-dir", str(tmp_path / "data"), "--signing-key", str(tmp_path / "sign.key"))
    assert snapshot_id in run("snapshots", "sign", *options)
    SnapshotStore(tmp_path / "data", trusted=PublicKeys.read(tmp_path / "sign.key.pub")).open().close()


def test_what_is_published_already_is_signed_without_a_build(tmp_path: Path) -> None:
    snapshot_id, key = publish(quick_store(tmp_path)), SigningKey.new()
    trusting = SnapshotStore(tmp_path, trusted=key.public_keys)
    assert already_published(quick_store(tmp_path), "others", signing_key=key) is None
    assert trusting.list() == []
    found = already_published(quick_store(tmp_path), "inputs-a", signing_key=key)
    assert found is not None
    assert [found] == trusting.list()
    assert found.snapshot_id == snapshot_id


def test_the_key_in_the_domain_file_lies_beside_it(tmp_path: Path) -> None:
    run("keys", str(tmp_path / "sign.key"))
    shop = write_toy_shop(tmp_path / "shop", rest='[publish]\nsigning_key = "../sign.key"\n')
    key = pipeline_settings(load_domain(shop)).publish.key(beside=shop)
    assert key is not None
    assert key.private_pem == (tmp_path / "sign.key").read_bytes()
