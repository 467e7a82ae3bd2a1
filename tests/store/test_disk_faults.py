"""A full or broken disk changes nothing that is served, and nothing is lost once there is space again."""

import errno
import shutil
from pathlib import Path

import pytest

from firstlight_store import DurabilityLost
from tests.store.faulty_filesystem import SteppedFileSystem, failing_at
from tests.store.tiny_snapshot import leftovers, publish, quick_store, until_unhurt, write


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["a full disk", "a broken disk"])
def test_a_failure_at_any_step_is_reported_and_the_next_publisher_succeeds(tmp_path: Path, code: int) -> None:
    old = publish(quick_store(tmp_path / "base"), 0)

    def attempt(step: int) -> bool:
        root = Path(shutil.copytree(tmp_path / "base", tmp_path / str(step)))
        filesystem = failing_at(step, code=code)
        try:
            publish(quick_store(root, filesystem=filesystem), 1, filesystem=filesystem)
        except (OSError, DurabilityLost):
            moved = quick_store(root).current_id() != old
            with quick_store(root).open() as snapshot:
                assert (snapshot.id == old) != moved
            new = publish(quick_store(root), 1)
            assert quick_store(root).current_id() == new
            assert leftovers(root / "default") == []
            return False
        return True

    assert until_unhurt(attempt) > 40


def test_after_a_failed_fsync_the_store_refuses_to_write_again(tmp_path: Path) -> None:
    failed: list[Path] = []

    def fail_first_fsync(number: int, operation: str, path: Path) -> None:
        if operation == "fsync" and not failed:
            failed.append(path)
            raise OSError(errno.EIO, "Input/output error")

    store = quick_store(tmp_path, filesystem=SteppedFileSystem(fail_first_fsync))
    with pytest.raises(DurabilityLost, match=r"fsync of .* failed"):
        publish(store)
    with pytest.raises(DurabilityLost, match="do not retry"):
        publish(store)


def test_a_full_disk_leaves_the_same_store_usable(tmp_path: Path) -> None:
    full = [True]

    def full_at_first(number: int, operation: str, path: Path) -> None:
        if operation == "write" and path.name == "manifest.json" and full.pop():
            raise OSError(errno.ENOSPC, "No space left on device")

    store = quick_store(tmp_path, filesystem=SteppedFileSystem(full_at_first))
    with pytest.raises(OSError, match="No space left"):
        write(store)
    assert store.list() == []
    full.append(False)
    assert store.list() == [] or leftovers(tmp_path / "default") == []
    write(store)
    assert len(store.list()) == 1
