"""An event log whose disk fails an fsync, for real: the C library's own is replaced in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firstlight_store.event_log import EventLog, EventLogUnavailable, LoggedEvent, Recorded

FAILING_FSYNC = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int synced(const char *name, int descriptor) {
    if (access(getenv("FAILING"), F_OK) == 0) { errno = EIO; return -1; }
    return ((int (*)(int)) dlsym(RTLD_NEXT, name))(descriptor);
}
int fsync(int descriptor) { return synced("fsync", descriptor); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
"""
VIEW = LoggedEvent("kept", "anna", "coffee", "view", 1e9)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("replacing fsync needs a C compiler on Linux")
    source, built = tmp_path / "failing.c", tmp_path / "failing.so"
    source.write_text(FAILING_FSYNC)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", built, source, "-ldl"], check=True)
    return built


def test_after_a_failed_fsync_a_process_acknowledges_nothing_more_and_the_next_one_goes_on(
    library: Path, tmp_path: Path
) -> None:
    file, failing = tmp_path / "events.db", tmp_path / "failing"
    environment = os.environ | {"LD_PRELOAD": str(library), "FAILING": str(failing), "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-m", "tests.store.event_log.test_fsync", str(file), str(failing)]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    log = EventLog(f"sqlite:///{file}")
    assert log.record([("shop", [VIEW])]) == [Recorded(0, 1)]
    assert log.record([("shop", [VIEW._replace(event_id="new")])]) == [Recorded(1, 0)]
    log.close()


def hurt(file: str, failing: Path) -> None:
    """In the process whose fsync fails while the file ``failing`` is there."""
    log = EventLog(f"sqlite:///{file}")
    assert log.record([("shop", [VIEW])]) == [Recorded(1, 0)]
    failing.touch()
    with pytest.raises(EventLogUnavailable, match=r"cannot be written: disk I/O error"):
        log.record([("shop", [VIEW._replace(event_id="lost")])])
    failing.unlink()
    with pytest.raises(EventLogUnavailable, match="check the disk and start a new process"):
        log.record([("shop", [VIEW._replace(event_id="later")])])
    assert log.latest([("shop", "anna")], most=9)[0][-1].event_id == "kept"
    log.close()


if __name__ == "__main__":
    hurt(sys.argv[1], Path(sys.argv[2]))
