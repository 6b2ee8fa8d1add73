"""Files written aside: swept once their owner was killed, never while it lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from geo.core.aside import aside, sweep, sync

OWNER = """
import os, signal, sys
from pathlib import Path
from geo.core.aside import aside
with aside(Path({file!r})) as folder:
    (folder / "new.gpkg").write_bytes(b"half")
    print("there", flush=True)
    sys.stdin.readline()
"""


def owner_of(file: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(file=str(file))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    return process


def test_a_folder_aside_is_private_and_goes_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "study.gpkg"
    with aside(file) as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "new.gpkg").write_bytes(b"new")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_owner_left_is_swept_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    file = tmp_path / "安阳 #1.gpkg"
    living, killed = owner_of(file), owner_of(file)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert len(list(tmp_path.iterdir())) == 2
    sweep(file)
    (left,) = tmp_path.iterdir()
    assert (left / "new.gpkg").read_bytes() == b"half"
    living.send_signal(signal.SIGSTOP)  # a machine that sleeps for long is no dead one
    sweep(file)
    assert left.is_dir()
    living.send_signal(signal.SIGCONT)
    living.communicate("\n")
    assert living.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_folders_of_another_file_and_files_of_the_user_stay(tmp_path: Path) -> None:
    process = owner_of(tmp_path / "a.gpkg")
    process.kill()
    process.communicate()
    (tmp_path / ".a.notes.gpkg").write_text("mine")
    (tmp_path / ".a.part").write_text("mine")
    before = sorted(tmp_path.iterdir())
    sweep(tmp_path / "b.gpkg")
    assert sorted(tmp_path.iterdir()) == before
    sweep(tmp_path / "a.gpkg")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.notes.gpkg", ".a.part"]


def test_files_of_an_earlier_version_are_swept_by_their_process(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    dead = [tmp_path / f".study.{process.pid}-0a1b2c.gpkg{suffix}" for suffix in ("", "-journal")]
    mine = tmp_path / f".study.{os.getpid()}-0a1b2c.gpkg"
    for path in (*dead, mine):
        path.touch()
    sweep(tmp_path / "study.gpkg")
    assert list(tmp_path.iterdir()) == [mine]


def test_a_folder_without_a_lock_is_a_dead_owners(tmp_path: Path) -> None:
    with aside(tmp_path / "study.gpkg") as folder:
        name = folder.name
    (tmp_path / name).mkdir()
    sweep(tmp_path / "study.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_files_and_folders_are_kept_by_the_disk_and_what_is_gone_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("text", encoding="utf-8")
    for path in (file, tmp_path, tmp_path / "gone"):
        sync(path)
    assert file.read_text(encoding="utf-8") == "text"
