"""The file of a queue: one SQLite database that only its owner can read, and a folder for files of its jobs."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from geo.core.databases import PrivateDatabase
from geo.core.errors import writing
from geo.core.text import Text

NAME: Final = "jiexu-jobs.db"
"""The file, in the folder of the studies."""
FILES: Final = ".jiexu-jobs"
"""The folder beside it, with a folder for the files of each job."""

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


class Database(PrivateDatabase):
    """
    The file of a queue, and the files of its jobs.

    Parameters
    ----------
    folder
        Of the studies.
    """

    NAME = NAME
    FORMAT = 1
    TABLES = _TABLES
    FOREIGN = Text("{path} 不是此版本街序的后台任务文件", "{path} is no queue of work of this version")
    REMEDY = Text("请将其移走后重试；研究文件不受影响", "Move it away and try again; studies are not touched")

    @property
    def stamp(self) -> int:
        """A number that changes with every change of the file; 0 where there is none."""
        try:
            return self.path.stat().st_mtime_ns
        except OSError:
            return 0

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


def seconds_between(first: str, last: str) -> float:
    """Return the seconds from one moment to another."""
    return (dt.datetime.fromisoformat(last) - dt.datetime.fromisoformat(first)).total_seconds()
