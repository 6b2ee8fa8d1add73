"""Digests of tables over their rows as stored: order does not matter, and a change costs no more than its own rows."""

from __future__ import annotations

import marshal
import sqlite3
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from geo.study.sql import Fragment, identifier, statement

_BYTES: Final = 16
_ALL: Final = 1 << (8 * _BYTES)
_MARSHAL: Final = 2
"""A version of Python's `marshal` that writes a value the same wherever it came from, without references."""

_AT_ONCE: Final = 2_000
"""Rows that are taken from the database at a time."""

_EVENTS: Final = {"INSERT": ("new",), "DELETE": ("old",), "UPDATE": ("old", "new")}
_SIGNS: Final = {"old": -1, "new": 1}
_FUNCTION: Final = "jiexu_row"


class TableDigest(NamedTuple):
    """
    The content of a table in short.

    Attributes
    ----------
    columns
        Its columns, between commas.
    rows
        The number of its rows.
    digest
        The sum of its rows' digests, as hexadecimal digits.
    """

    columns: str
    rows: int
    digest: str


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns of a table; none of one that is not there."""
    return [row[1] for row in connection.execute(statement("PRAGMA table_info({table})", table=table))]


def digest_of(connection: sqlite3.Connection, table: str) -> TableDigest:
    """Return the digest of a table as it stands, in one pass."""
    columns = columns_of(connection, table)
    total = count = 0
    if not columns:  # a table that somebody has dropped
        return TableDigest("", 0, "")
    cursor = connection.execute(statement("SELECT {columns} FROM {table}", columns=columns, table=table))
    dumps = marshal.dumps
    while rows := cursor.fetchmany(_AT_ONCE):
        digests = [blake2b(dumps(row, _MARSHAL), digest_size=_BYTES).digest() for row in rows]
        total += sum(map(_number, digests))
        count += len(rows)
    return TableDigest(",".join(columns), count, _text(total))


def _number(digest: bytes) -> int:
    return int.from_bytes(digest, "little")


def _row_digest(row: tuple[Any, ...]) -> int:
    return int.from_bytes(blake2b(marshal.dumps(row, _MARSHAL), digest_size=_BYTES).digest(), "little")


def _text(total: int) -> str:
    return f"{total % _ALL:0{2 * _BYTES}x}"


class Tracked:
    """
    The changes of rows in one transaction, collected by triggers that only this connection has.

    Parameters
    ----------
    connection
        Of a write transaction.
    tables
        The tables to follow.
    """

    def __init__(self, connection: sqlite3.Connection, tables: list[str]) -> None:
        self._sums: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._columns: dict[str, str] = {}
        connection.create_function(_FUNCTION, -1, self._note)
        for table in tables:
            columns = columns_of(connection, table)
            if columns:
                self._columns[table] = ",".join(columns)
                _follow(connection, table, columns)

    def _note(self, table: str, sign: int, *row: Any) -> None:
        self._sums[table] = self._sums.get(table, 0) + sign * _row_digest(row)
        self._rows[table] = self._rows.get(table, 0) + sign

    def after(self, connection: sqlite3.Connection, table: str, before: TableDigest) -> TableDigest:
        """Return the digest of a table at the end of the transaction, of its digest before."""
        columns = ",".join(columns_of(connection, table))
        if self._columns.get(table) != columns or before.columns != columns:
            return digest_of(connection, table)  # made or altered in this transaction
        total = int(before.digest, 16) + self._sums.get(table, 0)
        return TableDigest(columns, before.rows + self._rows.get(table, 0), _text(total))

    @property
    def changed(self) -> set[str]:
        """The tables with changed rows."""
        return set(self._sums)


def _follow(connection: sqlite3.Connection, table: str, columns: list[str]) -> None:
    """Note every row of a table that comes or goes."""
    for event, sides in _EVENTS.items():
        calls = []
        for side in sides:
            values = ", ".join(f"{side}.{identifier(column)}" for column in columns)
            calls.append(f"SELECT {_FUNCTION}({_quoted(table)}, {_SIGNS[side]}, {values});")
        connection.execute(
            statement(
                "CREATE TEMP TRIGGER {trigger} AFTER {event} ON main.{table} BEGIN {calls} END",
                trigger=f"jiexu {event} {table}",
                event=Fragment(event),
                table=table,
                calls=Fragment(" ".join(calls)),
            )
        )


def _quoted(text: str) -> str:
    """Return a text as a literal of SQL: triggers take no parameters."""
    return "'" + text.replace("'", "''") + "'"
