"""The file of accounts beside the studies: one SQLite database that only its owner can read."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from geo.core.errors import StudyError, writing
from geo.core.text import Text
from geo.study.database import address

NAME: Final = "jiexu-accounts.db"
"""The file, in the folder of the studies."""

_OWNER_ONLY: Final = 0o600
_WAIT_S: Final = 10.0
_FORMAT: Final = 1

_TABLES: Final = """
CREATE TABLE accounts (
    name TEXT PRIMARY KEY, password TEXT, provider TEXT, created_at TEXT NOT NULL, disabled_at TEXT
);
CREATE TABLE roles (
    name TEXT NOT NULL REFERENCES accounts, study TEXT NOT NULL, role TEXT NOT NULL, layers TEXT,
    texts INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (name, study)
);
CREATE TABLE tokens (
    token_id TEXT PRIMARY KEY, name TEXT NOT NULL REFERENCES accounts, digest TEXT NOT NULL UNIQUE,
    reads_only INTEGER NOT NULL, created_at TEXT NOT NULL, expires_at TEXT, revoked_at TEXT
);
CREATE TABLE sessions (
    digest TEXT PRIMARY KEY, name TEXT NOT NULL REFERENCES accounts, opened_at TEXT NOT NULL, seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, ended_at TEXT
);
CREATE TABLE failures (subject TEXT PRIMARY KEY, tries INTEGER NOT NULL, last_at TEXT NOT NULL);
CREATE TABLE requests (state TEXT PRIMARY KEY, made_at TEXT NOT NULL, content TEXT NOT NULL);
CREATE TABLE access_log (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, name TEXT, event TEXT NOT NULL, study TEXT, subject TEXT, host TEXT,
    previous TEXT NOT NULL, hash TEXT NOT NULL
);
"""


class Store:
    """
    The file of accounts of a folder of studies.

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
        """Whether anybody has made an account here."""
        return self.path.is_file()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """
        Open the file for reading.

        Raises
        ------
        StudyError
            If there are no accounts yet, or the file cannot be read.
        """
        if not self.exists:
            raise StudyError(
                Text(f"{self.folder} 中还没有用户", f"There are no accounts in {self.folder} yet"),
                Text(
                    "请先用 jiexu users add 用户名 --role administrator 建立管理员",
                    "Make the first administrator with: jiexu users add NAME --role administrator",
                ),
            )
        with self._connected() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Open the file, made where there is none, for one transaction: kept at its end, or nothing of it."""
        with writing(self.path):
            if not self.exists:
                self._make()
            with self._connected() as connection:
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
        with self._connected(made=False) as connection:
            connection.executescript(f"BEGIN EXCLUSIVE;{_TABLES}PRAGMA user_version = {_FORMAT};COMMIT;")

    @contextmanager
    def _connected(self, made: bool = True) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(address(self.path), uri=True, timeout=_WAIT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            if made and connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
                raise self._no_accounts()
            yield connection
        except sqlite3.DatabaseError as error:
            if isinstance(error, (sqlite3.OperationalError, sqlite3.IntegrityError)):
                raise
            raise self._no_accounts() from error
        finally:
            connection.close()

    def _no_accounts(self) -> StudyError:
        return StudyError(
            Text(f"{self.path} 不是此版本街序的用户文件", f"{self.path} is no file of accounts of this version"),
            Text("请从备份恢复，或将其移走后重新建立", "Restore it from a backup, or move it away and make it anew"),
        )


def moment(at: dt.datetime | None = None) -> str:
    """Return a moment as the file keeps it, by default now: in UTC, to the millisecond, sorted as text."""
    at = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
