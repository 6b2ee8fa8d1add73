"""The SQLite database that a study is: its connections, its lock, and marks of its changes."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from geo.core.databases import address
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.file_state import BESIDE, Gate, gate_of, says_wal
from geo.study.geometry_blobs import add_shape_functions

WAIT_S: Final = 30.0
"""Seconds that a reader or a writer waits for others who write."""
_PATIENCE: Final = 10
"""How many times as long a writer waits while others are served."""

_PAUSE_S: Final = 0.06
_SHORTEST_PAUSE_S: Final = 0.004
_SOONER: Final = 3.0
"""Per second of waiting, by how much (squared) a writer looks more often."""
_CACHE_KIB: Final = 131_072
"""Pages of a change that stay in memory: readers can read until it is complete."""

_LONGEST_NAME: Final = 255
_LONGEST_PATH: Final = 512
"""Bytes of a path that SQLite takes, the names of its own files beside it included."""

_LONGEST_FOLDER: Final = 400
"""Bytes of a folder that leave room for files written aside."""


def real(path: Path) -> Path:
    """
    Return the file that a path means, links followed: SQLite's own files stand beside it.

    Raises
    ------
    StudyError
        If the name is too long for a study.
    """
    found = Path(os.path.realpath(path))
    name, folder = len(os.fsencode(found.name)) + len(BESIDE[0]), len(os.fsencode(found.parent))
    if name > _LONGEST_NAME or (os.name != "nt" and (folder > _LONGEST_FOLDER or folder + name >= _LONGEST_PATH)):
        raise StudyError(
            Text(
                f"研究文件的名称或所在文件夹的路径过长：{path}", f"The study's name or its folder is too long: {path}"
            ),
            Text(
                f"请缩短：文件名最多 {_LONGEST_NAME - 8} 字节，文件夹路径最多 {_LONGEST_FOLDER} 字节，合计少于 "
                f"{_LONGEST_PATH - 8} 字节（一个汉字占 3 字节）",
                f"Shorten them: at most {_LONGEST_NAME - 8} bytes of name and {_LONGEST_FOLDER} of folder, less than "
                f"{_LONGEST_PATH - 8} together (a Chinese character takes 3)",
            ),
        )
    return found


@contextmanager
def connect(path: Path) -> Iterator[sqlite3.Connection]:
    """
    Open the study's database; changes need a transaction (`locked`).

    Raises
    ------
    StudyError
        If another program holds it for too long.
    """
    # "rw" for readers too: whoever opens a study after a kill must be able to roll the half-done change back
    try:
        connection = sqlite3.connect(address(real(path)), uri=True, timeout=WAIT_S, isolation_level=None)
    except sqlite3.OperationalError as error:
        if not real(path).is_file():
            raise missing(path) from error
        raise
    try:
        add_shape_functions(connection)
        yield connection
    except sqlite3.OperationalError as error:
        if _is_busy(error):
            raise held(path) from error
        raise
    finally:
        connection.close()


@contextmanager
def locked(path: Path, attached: Path | None = None) -> Iterator[sqlite3.Connection]:
    """
    Open a study in a transaction when nobody else can write to it; end it, else it is rolled back.

    Parameters
    ----------
    path
        The study. A build may put another file there while this waits: that one is opened then.
    attached
        Another database, to read from, under the name `aside`.

    Raises
    ------
    StudyError
        If another program holds it for too long.
    """
    until = time.monotonic() + WAIT_S
    gate = gate_of(path)
    while True:
        if not path.is_file():
            raise missing(path)
        file = path.stat()
        with connect(path) as connection:
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            if attached is not None:
                connection.execute("ATTACH DATABASE ? AS aside", (address(attached, "ro"),))
            connection.execute("PRAGMA busy_timeout = 0")
            _wait_for(connection, path, gate, until)
            try:
                if not os.path.samestat(path.stat(), file):
                    continue
                # for the commit, which waits for readers
                connection.execute(f"PRAGMA busy_timeout = {int(WAIT_S * 1000)}")
                yield connection
                return
            finally:
                with suppress(sqlite3.Error):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                gate.leave()


def _wait_for(connection: sqlite3.Connection, path: Path, gate: Gate, until: float) -> None:
    """
    Begin a transaction and enter the gate, in turn with other writers.

    SQLite's own wait looks ever more rarely, so that whoever came last is served first; here it is the other way about.
    """
    began = time.monotonic()
    last = until + (_PATIENCE - 1) * WAIT_S
    in_wal, state = says_wal(path), _written_at(path)
    while True:
        gate.enter()
        try:
            if in_wal:
                _take_back_mode(connection)
                in_wal = False
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            gate.leave()
            now = _written_at(path)
            if now != state:  # somebody was served: the queue moves
                state, until = now, min(time.monotonic() + WAIT_S, last)
            if not _is_busy(error) or time.monotonic() > until:
                raise
        except BaseException:
            gate.leave()
            raise
        else:
            return
        pause = _PAUSE_S / (1 + (_SOONER * (time.monotonic() - began)) ** 2)
        time.sleep(random.uniform(0.5, 1.5) * max(pause, _SHORTEST_PAUSE_S))  # noqa: S311 (a pause)


def _written_at(path: Path) -> int:
    """Return when a study was last written, in nanoseconds; 0 if it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _take_back_mode(connection: sqlite3.Connection) -> None:
    """
    Bring a study back to one file: GIS programs leave it with a write-ahead log, and copies are made without it.

    Where another program has it open, the log stays, and changes go into it.
    """
    if not in_one_file(connection):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA main.journal_mode = DELETE")


def in_one_file(connection: sqlite3.Connection) -> bool:
    """Tell whether all of a study stands in its file, none in a write-ahead log beside it."""
    return bool(connection.execute("PRAGMA main.journal_mode").fetchone()[0] != "wal")


def _is_busy(error: sqlite3.Error) -> bool:
    # the low byte is the kind of error; "malformed" and others have their own
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def missing(path: Path) -> StudyError:
    """Return the error of a study that is not there."""
    return StudyError(
        Text(f"找不到研究文件 {path}", f"There is no study {path}"),
        Text(
            "可能已被删除、移动或改名；请检查路径，放回文件，或用 jiexu build 新建",
            "It may have been deleted, moved or renamed: check the path, put it back, or make one with jiexu build",
        ),
    )


def held(path: Path) -> StudyError:
    """Return the error of a study that another program holds."""
    found = _holders(path)
    zh, en = (f"（{'、'.join(found)}）", f" ({', '.join(found)})") if found else ("", "")
    return StudyError(
        Text(
            f"{path} 正被其他程序占用{zh}：其中有未保存的修改，或正在读写",
            f"Another program holds {path}{en}: it has an unsaved change there, or is reading or writing",
        ),
        Text(
            "请在 QGIS 等程序中保存修改并关闭该文件，然后重试；研究文件未改动",
            "Save and close it in QGIS or the other program, then try again; the study was not touched",
        ),
    )


def _holders(path: Path) -> list[str]:
    """Return names and numbers of the processes with a lock on a study, where the system tells (Linux)."""
    found = {}
    with suppress(OSError, ValueError, IndexError):
        files = [path, path.with_name(path.name + "-shm")]
        numbers = {str(file.stat().st_ino) for file in files if file.exists()}
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            parts = line.replace("->", "").split()
            if parts[5].rpartition(":")[2] in numbers and int(parts[4]) not in (0, os.getpid()):
                name = Path(f"/proc/{parts[4]}/comm").read_text(encoding="utf-8").strip()
                found[parts[4]] = f"{name}, {parts[4]}"
    return list(found.values())
