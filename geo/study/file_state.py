"""The state of a study's file, and the turns of its readers and writers within one process."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

BESIDE: Final = ("-journal", "-wal", "-shm")
"""Files of SQLite beside a database: of a change under way, or of a program that was killed."""

_CHANGE_COUNTER_AT: Final = 24
"""Where SQLite counts the changes of a file (its file format, 1.3.9)."""

_MODE_AT: Final = 18
_WAL: Final = b"\x02\x02"
"""Where a file says how it is written and read, and the sign of a write-ahead log (SQLite's file format, 1.3.3)."""

_COUNTERS_OPEN: Final = 256

_gates: dict[str, Gate] = {}
_counters: dict[str, tuple[int, int, int]] = {}
"""By path: device and number of the file, and its open descriptor."""

_keeping = threading.Lock()


def left_beside(path: Path) -> Path | None:
    """Return a file of SQLite beside a path, with a part of the database in it, or None."""
    for suffix in BESIDE[:2]:
        file = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            if file.stat().st_size:
                return file
    return None


def says_wal(path: Path) -> bool:
    """Tell whether a file says that it has a write-ahead log; SQLite itself would read all of its catalogue first."""
    with _keeping:
        read = _bytes_of(path, _MODE_AT, 2)
    return read is None or read[0] == _WAL


class Gate:
    """
    Readers of a file through GDAL, or one writer through Python: both keep a SQLite library of their own.

    Where one of them closes a file, the system drops the locks that the other has on it in this process.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._writer = 0

    @property
    def idle(self) -> bool:
        return not self._writer and not self._readers

    def enter(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._writer and not self._readers)
            self._writer = threading.get_ident()

    def leave(self) -> None:
        with self._changed:
            self._writer = 0
            self._changed.notify_all()

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._changed:
            if self._writer == threading.get_ident():
                raise RuntimeError("within a change of a study, its layers are read through the connection")
            self._changed.wait_for(lambda: not self._writer)
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()


def gate_of(path: Path) -> Gate:
    """Return the gate of a file (its path as `geo.study.database.real` returns it)."""
    with _keeping:
        return _gates.setdefault(str(path), Gate())


def _forget() -> None:
    """Give a forked process gates and open files of its own: nobody else is in it, and others may be closed there."""
    global _keeping  # noqa: PLW0603
    _keeping = threading.Lock()
    _gates.clear()
    _counters.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def read_by_gdal(path: Path) -> Iterator[None]:
    """Read a study (its path as `geo.study.database.real` returns it) through GDAL: nobody in this process writes."""
    with gate_of(path).reading():
        yield


class Stamp(NamedTuple):
    """The state of a file: another one after every change."""

    file: int
    modified_ns: int
    changed_ns: int
    counter: bytes


def stamp(path: Path) -> Stamp | None:
    """
    Return the state of a database, or None where only SQLite knows it: a change is under way, or in a log beside.

    Parameters
    ----------
    path
        As `real` returns it.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if left_beside(path) is not None:
        return None
    with _keeping:
        read = _bytes_of(path, _CHANGE_COUNTER_AT, 4)
    return None if read is None else Stamp(read[1].st_ino, read[1].st_mtime_ns, read[1].st_ctime_ns, read[0])


def _bytes_of(path: Path, place: int, count: int) -> tuple[bytes, os.stat_result] | None:
    """
    Return bytes of a file and its state, through a descriptor that stays open while the file is there.

    Closing one would drop the locks that SQLite has on the file in this process. Where too many are open, None.
    """
    if not hasattr(os, "pread"):  # Windows, where locks belong to descriptors
        with path.open("rb") as file:
            file.seek(place)
            return file.read(count), os.fstat(file.fileno())
    state = path.stat()
    kept = _counters.get(str(path))
    if kept is not None and kept[:2] != (state.st_dev, state.st_ino):
        forget(path)
        kept = None
    if kept is None:
        if len(_counters) >= _COUNTERS_OPEN and not _let_go():
            return None
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        state = os.fstat(number)
        kept = _counters[str(path)] = (state.st_dev, state.st_ino, number)
    return os.pread(kept[2], count, place), os.fstat(kept[2])


def _let_go() -> bool:
    """Close the descriptor of a file that nobody here reads or writes, the longest open first; tell whether one was."""
    for path in _counters:
        gate = _gates.get(path)
        if gate is None or gate.idle:
            forget(Path(path))
            return True
    return False


def head_of(path: Path, count: int) -> bytes:
    """
    Return the first bytes of a database, through a descriptor that stays open as for `stamp`.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    file = Path(os.path.realpath(path))
    with _keeping:
        read = _bytes_of(file, 0, count)
    return b"" if read is None else read[0]


def renamed(path: Path, new: Path) -> None:
    """Keep the descriptor of a file that was renamed: closing it would drop locks on the file under its new name."""
    with _keeping:
        there = _counters.pop(str(new), None)
        kept = _counters.pop(str(path), None)
        if kept is not None:
            _counters[str(new)] = kept
    if there is not None:  # of another file, which is gone
        os.close(there[2])


def forget(path: Path) -> None:
    """Let go of a file that is no longer there."""
    kept = _counters.pop(str(path), None)
    if kept is not None:
        os.close(kept[2])
