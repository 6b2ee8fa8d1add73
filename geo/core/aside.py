"""Files written aside and then put in place: private folders beside a file, swept once their owner is dead."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

_LOCK: Final = "lock"
_SUFFIX: Final = ".part"
_SHOWN: Final = 12
"""Characters of a file's name in the names of its private folders."""

_OF_BEFORE: Final = re.compile(r"(\d+)-[0-9a-f]{6}\.gpkg(-journal)?")
"""After the study's stem: files written aside by versions without private folders, with the owner's process."""


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """
    Make a private folder beside a file for its replacement; it goes with all that is in it.

    Its owner holds a lock in it. Where the owner was killed, the lock is free, and the next `sweep` removes the folder.

    Returns
    -------
    folder
        On the same disk as `path`, so that a file in it can be renamed to `path`.

    Raises
    ------
    OSError
        If the folder that `path` is in cannot be written.
    """
    sweep(path)
    folder, lock = _claimed(path)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()
        if os.name == "nt":  # removes no open file
            shutil.rmtree(folder, ignore_errors=True)


def sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, now."""
    with suppress(OSError):  # Windows opens no folders
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _claimed(path: Path) -> tuple[Path, IO[bytes]]:
    """Make a private folder and take its lock; another one where a sweep took it for a dead owner's meanwhile."""
    while True:
        folder = path.with_name(f"{_prefix(path)}{secrets.token_hex(4)}{_SUFFIX}")
        folder.mkdir(mode=0o700)
        try:
            lock = (folder / _LOCK).open("xb")
        except FileNotFoundError:
            continue
        try:
            _take(lock)
        except (BlockingIOError, PermissionError):
            lock.close()
            continue
        except OSError:
            return folder, lock  # a disk without locks: nobody can sweep there either
        if (folder / _LOCK).exists():
            return folder, lock
        lock.close()


def sweep(path: Path) -> None:
    """Remove the private folders that killed processes left beside a file; the folders in use stay."""
    prefix = _prefix(path)
    with suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                continue
            if entry.name.startswith(prefix) and entry.name.endswith(_SUFFIX):
                _sweep_folder(Path(entry.path))
            elif entry.name.startswith(f".{path.stem}."):
                _sweep_old(Path(entry.path), entry.name.removeprefix(f".{path.stem}."))


def _sweep_folder(folder: Path) -> None:
    with suppress(OSError):
        try:
            lock = (folder / _LOCK).open("r+b")
        except FileNotFoundError:
            folder.rmdir()  # killed before it had a lock; an owner that is about to make one makes another folder
            return
        with lock:
            _take(lock)  # not free: the owner lives
            if os.name != "nt":
                shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _sweep_old(file: Path, rest: str) -> None:
    found = _OF_BEFORE.fullmatch(rest)
    if found is None or os.name == "nt":
        return
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        with suppress(OSError):
            file.unlink()
    except OSError:
        return  # somebody else's process


def _prefix(path: Path) -> str:
    digest = hashlib.blake2b(os.fsencode(path.name), digest_size=4).hexdigest()
    return f".{path.name[:_SHOWN]}-{digest}."


def _take(file: IO[bytes]) -> None:
    """Take the lock of an open file, or raise `OSError` where somebody else has it."""
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415 (Windows only)

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl  # noqa: PLC0415 (not on Windows)

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
