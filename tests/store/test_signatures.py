"""With trusted keys, nothing of a snapshot is parsed that nobody vouches for; without, signatures change nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from firstlight_store import (
    FileCorrupt,
    FileUnsafe,
    KeyInvalid,
    PublicKeys,
    SignatureInvalid,
    SignatureMissing,
    SigningKey,
    SnapshotRefused,
    SnapshotStore,
)
from tests.store.faulty_filesystem import UnsyncedFileSystem
from tests.store.tiny_snapshot import facts, files_of, fill, leftovers, publish, quick_store

KEY = SigningKey.new()


def trusting(root: Path, key: SigningKey = KEY) -> SnapshotStore:
    return SnapshotStore(root, trusted=key.public_keys, filesystem=UnsyncedFileSystem())


def publish_signed(root: Path, key: SigningKey | None = KEY) -> Path:
    store = quick_store(root)
    with store.write(signing_key=key) as writer:
        fill(writer.path)
        with writer.commit(facts()) as snapshot:
            store.activate(snapshot.id)
            return root / "default" / snapshot.id


def test_a_signed_snapshot_opens_for_who_trusts_the_key_and_for_who_trusts_none(tmp_path: Path) -> None:
    directory = publish_signed(tmp_path)
    for store in (trusting(tmp_path), quick_store(tmp_path)):
        store.open().close()
        assert [manifest.snapshot_id for manifest in store.list()] == [directory.name]


def test_the_signature_is_plain_ed25519_over_the_manifests_bytes(tmp_path: Path) -> None:
    directory = publish_signed(tmp_path)
    key = load_pem_public_key(KEY.public_pem)
    assert isinstance(key, Ed25519PublicKey)
    key.verify((directory / "manifest.sig").read_bytes(), (directory / "manifest.json").read_bytes())
    with pytest.raises(InvalidSignature):
        key.verify((directory / "manifest.sig").read_bytes(), b"")


def test_a_signature_does_not_change_what_a_snapshot_is(tmp_path: Path) -> None:
    assert publish_signed(tmp_path / "a").name == publish_signed(tmp_path / "b", None).name


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def forge(directory: Path) -> None:
    """What who can write, but has no key, would do: another snapshot under a signature that was once good."""
    path = directory / "manifest.json"
    overwrite(path, path.read_bytes().replace(b'"toys"', b'"tops"'))


def not_even_json(directory: Path) -> None:
    overwrite(directory / "manifest.json", b"[" * 100_000)


def cut(directory: Path) -> None:
    overwrite(directory / "manifest.sig", b"short")


def drop(directory: Path) -> None:
    (directory / "manifest.sig").unlink()


def link(directory: Path) -> None:
    signature = directory / "manifest.sig"
    elsewhere = directory.parent / "elsewhere"
    signature.rename(elsewhere)
    signature.symlink_to(elsewhere)


@pytest.mark.parametrize(
    ("damage", "error", "reason"),
    [
        (drop, SignatureMissing, "unsigned"),
        (cut, SignatureInvalid, "signature"),
        (link, SignatureInvalid, "signature"),
        (forge, SignatureInvalid, "signature"),
        (not_even_json, SignatureInvalid, "signature"),
    ],
    ids=["none", "half of one", "a link", "another manifest", "a manifest that would not parse"],
)
def test_what_nobody_vouches_for_is_refused_before_it_is_parsed(
    tmp_path: Path, damage: Callable[[Path], None], error: type[SnapshotRefused], reason: str
) -> None:
    damage(publish_signed(tmp_path))
    with pytest.raises(error) as caught:
        trusting(tmp_path).open()
    assert caught.value.reason == reason
    assert trusting(tmp_path).list() == []


def test_another_keys_signature_is_refused(tmp_path: Path) -> None:
    publish_signed(tmp_path, SigningKey.new())
    with pytest.raises(SignatureInvalid, match="no trusted key's signature"):
        trusting(tmp_path).open()


def test_a_signature_vouches_for_every_file(tmp_path: Path) -> None:
    directory = publish_signed(tmp_path)
    for path in files_of(directory):
        sound = path.read_bytes()
        overwrite(path, sound[:-1] + bytes([sound[-1] ^ 1]))
        with pytest.raises((SignatureInvalid, FileCorrupt)):
            trusting(tmp_path).open()
        overwrite(path, sound)
    trusting(tmp_path).open().close()


def test_junk_in_the_signatures_place_is_refused_even_where_no_key_is_trusted(tmp_path: Path) -> None:
    cut(publish_signed(tmp_path))
    with pytest.raises(SignatureInvalid, match="not a file of 64 bytes"):
        quick_store(tmp_path).open()


def test_what_fills_a_snapshot_cannot_bring_a_signature_along(tmp_path: Path) -> None:
    store = quick_store(tmp_path)
    with store.write() as writer:
        fill(writer.path)
        (writer.path / "manifest.sig").write_bytes(bytes(64))
        with pytest.raises(FileUnsafe):
            writer.commit(facts())


def test_an_older_unsigned_snapshot_is_signed_by_publishing_it_again(tmp_path: Path) -> None:
    unsigned = publish_signed(tmp_path, None)
    with pytest.raises(SignatureMissing):
        trusting(tmp_path).open()
    assert publish_signed(tmp_path) == unsigned
    with trusting(tmp_path).open() as snapshot:
        assert snapshot.id == unsigned.name
    assert (unsigned / "manifest.sig").exists()


def test_an_older_snapshot_can_be_signed_in_place_and_again_with_another_key(tmp_path: Path) -> None:
    snapshot_id, other = publish(quick_store(tmp_path)), SigningKey.new()
    manifest = (tmp_path / "default" / snapshot_id / "manifest.json").read_bytes()
    for key in (KEY, other, other):
        quick_store(tmp_path).sign(snapshot_id, key)
        trusting(tmp_path, key).open().close()
    assert (tmp_path / "default" / snapshot_id / "manifest.json").read_bytes() == manifest
    assert leftovers(tmp_path / "default") == []


def test_a_damaged_snapshot_is_never_signed(tmp_path: Path) -> None:
    directory = publish_signed(tmp_path, None)
    overwrite(directory / "index.faiss", b"damaged")
    with pytest.raises(FileCorrupt):
        quick_store(tmp_path).sign(directory.name, KEY)
    assert not (directory / "manifest.sig").exists()


def test_nobody_rolls_back_to_an_unsigned_snapshot_where_keys_are_trusted(tmp_path: Path) -> None:
    publish(quick_store(tmp_path), 1)
    publish_signed(tmp_path)
    with pytest.raises(SignatureMissing):
        trusting(tmp_path).rollback()
    trusting(tmp_path).open().close()


def test_several_keys_may_be_trusted_while_one_takes_over(tmp_path: Path) -> None:
    directory, file = publish_signed(tmp_path), tmp_path / "keys.pub"
    newer = SigningKey.new()
    file.write_bytes(newer.public_pem + KEY.public_pem)
    both = SnapshotStore(tmp_path, trusted=PublicKeys.read(file))
    for key in (KEY, newer):  # the old one still counts, then the new one does
        both.sign(directory.name, key)
        with both.open() as snapshot:
            assert snapshot.id == directory.name
    both.sign(directory.name, SigningKey.new())
    with pytest.raises(SnapshotRefused):
        both.open()


def elliptic() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"", "holds no public key in PEM"),
        (KEY.private_pem, r"holds no public key in PEM; it is the file that ends in \.pub"),
        (elliptic(), "is not ed25519"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "cannot be read; write it anew"),
    ],
    ids=["no file", "nothing", "the private key", "another kind", "garbage"],
)
def test_a_file_of_public_keys_that_is_none_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(KeyInvalid, match=message):
        PublicKeys.read(tmp_path / "key")


def test_a_file_that_is_no_private_key_is_named(tmp_path: Path) -> None:
    for content in (KEY.public_pem, b"", json.dumps({}).encode()):
        (tmp_path / "key").write_bytes(content)
        with pytest.raises(KeyInvalid, match="holds no private key"):
            SigningKey.read(tmp_path / "key")
