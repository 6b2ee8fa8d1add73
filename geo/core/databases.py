"""SQLite databases: the address of one, and databases that only their owner can read."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath, PureWindowsPath
from typing import ClassVar, Final
from urllib.parse import quote_from_bytes

from geo.core.errors import StudyError, writing
from geo.core.text import Text

_OWNER_ONLY: Final = 0o600
_WAIT_S: Final = 10.0


def address(path: PurePath, mode: str = "rw") -> str:
    """
    Return the URI of a database for SQLite, for any name on any system.

    Parameters
    ----------
    path
        One of this system's may be relative. A path of Windows may have a drive, or a server and a share
        (`\\\\server\\share\\x.gpkg`): SQLite refuses a server in a URI's place for one, so that it goes into the path.
    mode
        `ro`, `rw` or `rwc`, and further parameters of SQLite behind `&`.
    """
    if isinstance(path, Path):
        path = path.absolute()  # in a URI, the first part of a relative path would be the name of a server
    if isinstance(path, PureWindowsPath):
        text = str(path)
        if text.startswith("\\\\?\\"):  # Windows takes this form with backslashes only
            return f"file:{_quoted(text.encode('utf-8', 'surrogatepass'))}?mode={mode}"
        text = path.as_posix()
        return (
            f"file://{'' if text.startswith('/') else '/'}{_quoted(text.encode('utf-8', 'surrogatepass'))}?mode={mode}"
        )
    return f"file://{_quoted(os.fsencode(path))}?mode={mode}"


def _quoted(path: bytes) -> str:
    return quote_from_bytes(path, safe="/:")


class PrivateDatabase:
    """
    A database in the folder of the studies that only its owner can read: made when something is first kept in it.

    Parameters
    ----------
    folder
        Of the studies.
    """

    NAME: ClassVar[str]
    """The file's name."""
    FORMAT: ClassVar[int]
    """The version of its tables, which it carries."""
    TABLES: ClassVar[str]
    """The statements that make them, each with a semicolon behind it."""
    FOREIGN: ClassVar[Text]
    """The problem of a file that is no such database, or of another version; with `{path}`."""
    REMEDY: ClassVar[Text]
    """The remedy for that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.path = self.folder / self.NAME

    @property
    def exists(self) -> bool:
        """Whether anything was ever kept here."""
        return self.path.is_file()

    @contextmanager
    def changing(self, wait_s: float = _WAIT_S) -> Iterator[sqlite3.Connection]:
        """
        Open the file, made where there is none, for one transaction: kept at its end, or nothing of it.

        Raises
        ------
        StudyError
            If it cannot be written, or is none of this version.
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

    @contextmanager
    def connected(self, wait_s: float = _WAIT_S, made: bool = True) -> Iterator[sqlite3.Connection]:
        """Open the file for reading."""
        connection = sqlite3.connect(address(self.path), uri=True, timeout=wait_s, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            if made and connection.execute("PRAGMA user_version").fetchone()[0] != self.FORMAT:
                raise self._foreign()
            yield connection
        except sqlite3.DatabaseError as error:
            if isinstance(error, (sqlite3.OperationalError, sqlite3.IntegrityError)):
                raise
            raise self._foreign() from error
        finally:
            connection.close()

    def _foreign(self) -> StudyError:
        problem = Text(self.FOREIGN.zh.format(path=self.path), self.FOREIGN.en.format(path=self.path))
        return StudyError(problem, self.REMEDY)

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # made closed to others before anything is in it
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))
        with self.connected(made=False) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:  # another process may have been faster
                for statement in filter(str.strip, self.TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {self.FORMAT}")
            connection.execute("COMMIT")


def utc_text(at: dt.datetime | None = None) -> str:
    """Return a moment as databases keep it, by default now: in UTC, to the millisecond, sorted as text."""
    at = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
