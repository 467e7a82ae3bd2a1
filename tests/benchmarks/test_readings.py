"""What is read off the system: memory of a process and its children, and files that lie in no memory."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.cold_files import forget, read_s
from benchmarks.process_memory import family_bytes, resident_bytes

_HOLD = "import sys, time; held = b'x' * 64_000_000; print('there', flush=True); time.sleep(60)"
_PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_HOLD!r}])"


def test_memory_is_that_of_the_process_and_a_familys_that_of_its_children_too() -> None:
    for code, of_child in ((_HOLD, False), (_PARENT, True)):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            assert (resident_bytes(process.pid) < 64_000_000) is of_child
            assert family_bytes(process.pid) > 64_000_000
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()
            for child in children:
                os.kill(int(child), 9)
            process.kill()


def test_forgotten_files_are_read_whole(tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    for file in files:
        file.write_bytes(os.urandom(5_000_000))
    forget(files)
    assert read_s(files) > 0
    assert all(file.stat().st_size == 5_000_000 for file in files)
