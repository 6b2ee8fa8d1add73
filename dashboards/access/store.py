"""The file of accounts beside the studies: one SQLite database that only its owner can read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from geo.core.databases import PrivateDatabase
from geo.core.errors import StudyError
from geo.core.text import Text

NAME: Final = "jiexu-accounts.db"
"""The file, in the folder of the studies."""

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


class Store(PrivateDatabase):
    """
    The file of accounts of a folder of studies.

    Parameters
    ----------
    folder
        Of the studies.
    """

    NAME = NAME
    FORMAT = 1
    TABLES = _TABLES
    FOREIGN = Text("{path} 不是此版本街序的用户文件", "{path} is no file of accounts of this version")
    REMEDY = Text("请从备份恢复，或将其移走后重新建立", "Restore it from a backup, or move it away and make it anew")

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
        with self.connected() as connection:
            yield connection
