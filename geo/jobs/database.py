"""The file of a queue: one SQLite database that only its owner can read, and a folder for files of its jobs."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from geo.core.errors import StudyError, writing
from geo.core.text import Text

NAME: Final = "jiexu-jobs.db"
"""The file, in the folder of the studies."""
FILES: Final = ".jiexu-jobs"
"""The folder beside it, with a folder for the files of each job."""

_OWNER_ONLY: Final = 0o600
_WAIT_S: Final = 10.0
_FORMAT: Final = 1

_TABLES: Final = """
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, study TEXT NOT NULL, work TEXT NOT NULL, arguments TEXT NOT NULL,
    files TEXT, by_name TEXT NOT NULL, rights TEXT NOT NULL, state TEXT NOT NULL, submitted_at TEXT NOT NULL,
    started_at TEXT, ended_at TEXT, step_zh TEXT, step_en TEXT, step INTEGER, steps INTEGER, share REAL,
    course TEXT NOT NULL DEFAULT '[]', result TEXT, error_zh TEXT, error_en TEXT, stopped_by TEXT, wish TEXT,
    machine TEXT, pid INTEGER, pid_started TEXT, seen_at TEXT
);
CREATE UNIQUE INDEX one_at_a_time ON jobs (study) WHERE state = 'running';
CREATE INDEX by_state ON jobs (state);
"""


class Database:
    """
    The file of a queue.

    Parameters
    ----------
    folder
        Of the studies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.path = self.folder / NAME

    @property
    def exists(self) -> bool:
        """Whether anything was ever submitted here."""
        return self.path.is_file()

    @property
    def stamp(self) -> int:
        """A number that changes with every change of the file; 0 where there is none."""
        try:
            return self.path.stat().st_mtime_ns
        except OSError:
            return 0

    @contextmanager
    def changing(self, wait_s: float = _WAIT_S) -> Iterator[sqlite3.Connection]:
        """
        Open the file, made where there is none, for one transaction: kept at its end, or nothing of it.

        Raises
        ------
        StudyError
            If it cannot be written, or is no queue of this version.
        """
        with writing(self.path):
            if not self.exists:
                self._make()
            with self.connected(wait_s) as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # made closed to others before anything is in it
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))
        with self.connected(made=False) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:  # another process may have been faster
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_FORMAT}")
            connection.execute("COMMIT")

    @contextmanager
    def connected(self, wait_s: float = _WAIT_S, made: bool = True) -> Iterator[sqlite3.Connection]:
        """Open the file for reading."""
        connection = sqlite3.connect(os.fspath(self.path), timeout=wait_s, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            if made and connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
                raise self._no_queue()
            yield connection
        except sqlite3.DatabaseError as error:
            if isinstance(error, (sqlite3.OperationalError, sqlite3.IntegrityError)):
                raise
            raise self._no_queue() from error
        finally:
            connection.close()

    def _no_queue(self) -> StudyError:
        return StudyError(
            Text(f"{self.path} 不是此版本街序的后台任务文件", f"{self.path} is no queue of work of this version"),
            Text("请将其移走后重试；研究文件不受影响", "Move it away and try again; studies are not touched"),
        )

    def keep(self, files: Mapping[str, Path]) -> tuple[str, dict[str, str]]:
        """Copy files for a job, and return the name of its folder and the names of the copies."""
        token = secrets.token_hex(8)
        with writing(self.folder / FILES):
            (self.folder / FILES).mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = self.folder / FILES / token
            folder.mkdir(mode=0o700)
            names = {}
            for number, (argument, file) in enumerate(files.items()):
                names[argument] = f"{number}{file.suffix.lower()}"
                shutil.copyfile(file, folder / names[argument])
        return token, names

    def kept(self, token: str) -> Path:
        """Return the folder of a job's files."""
        return self.folder / FILES / token

    def drop(self, token: str | None) -> None:
        """Remove the files of a job."""
        if token:
            shutil.rmtree(self.kept(token), ignore_errors=True)
            with suppress(OSError):  # the last one takes the folder along
                (self.folder / FILES).rmdir()


def moment(at: dt.datetime | None = None) -> str:
    """Return a moment as the file keeps it, by default now: in UTC, to the millisecond, sorted as text."""
    at = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def seconds_between(first: str, last: str) -> float:
    """Return the seconds from one moment to another."""
    return (dt.datetime.fromisoformat(last) - dt.datetime.fromisoformat(first)).total_seconds()
