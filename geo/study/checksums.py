"""
Checksums of a study's layers and tables, kept with each write, so that damage is told from a change.

SQLite counts in the file's header how often the file was written. Jiexu keeps its own last count beside the checksums:
where both are equal, nobody else has written since, and rows that differ are damaged. Where another program has
written (QGIS, for instance), rows that differ were changed by it.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal, NamedTuple

from geo.study import log_chain
from geo.study.file_state import head_of
from geo.study.row_digests import TableDigest, Tracked, digest_of
from geo.study.schema import COLUMNS, FREE_TABLES
from geo.study.sql import placeholders, statement
from geo.study.versions import put_facts

TABLE: Final = "jiexu_checksums"

CATALOGUE: Final = "(catalogue)"
"""The entry of the definitions of all layers; its count is the file's count of writes."""

FACT: Final = "checksums"
"""The fact that says that a study has checksums: where it stands and they are gone, the file is damaged."""

OURS: Final = (*COLUMNS, *FREE_TABLES, log_chain.TABLE)

State = Literal["sound", "unkept", "changed_outside", "damaged"]
"""As kept; without a checksum yet; written by another program since; not as it was written."""

_MAKE: Final = (
    "CREATE TABLE {table} (layer TEXT PRIMARY KEY NOT NULL, columns TEXT NOT NULL, rows INTEGER NOT NULL, "
    "digest TEXT NOT NULL, at TEXT NOT NULL, outside TEXT, own TEXT NOT NULL)"
)
_HEADER: Final = 100
_COUNTER: Final = slice(24, 28)
_VERSIONS: Final = slice(18, 20)
_WAL: Final = 2
"""The file's header (SQLite's file format, 1.3): its count of writes, and the versions that say write-ahead logging."""


class Kept(NamedTuple):
    """
    A kept checksum.

    Attributes
    ----------
    content
        The digest of the table.
    at
        When it was kept, in UTC.
    outside
        When Jiexu noticed that another program had changed the table; None where none had.
    whole
        Whether the entry itself is as it was written.
    """

    content: TableDigest
    at: str
    outside: str | None
    whole: bool


def kept_in(connection: sqlite3.Connection) -> dict[str, Kept]:
    """Return the kept checksums by layer; none of a study of before there were any."""
    if not is_kept(connection):
        return {}
    rows = connection.execute(
        statement("SELECT layer, columns, rows, digest, at, outside, own FROM {table}", table=TABLE)
    )
    return {
        layer: Kept(TableDigest(columns, count, digest), at, outside, own == _own(layer, columns, count, digest, at))
        for layer, columns, count, digest, at, outside, own in rows
    }


def is_kept(connection: sqlite3.Connection) -> bool:
    """Tell whether a study has checksums."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone())


def _own(*values: object) -> str:
    """Return the digest of an entry: it tells a damaged checksum from a damaged layer."""
    return blake2b(repr(values).encode(), digest_size=8).hexdigest()


def written_by_others(connection: sqlite3.Connection, kept: dict[str, Kept]) -> bool:
    """Tell whether another program has written to the file since the checksums were kept."""
    counter = counter_of(connection)
    return counter is None or CATALOGUE not in kept or counter != kept[CATALOGUE].content.rows


def counter_of(connection: sqlite3.Connection) -> int | None:
    """Return a database's count of writes; None in write-ahead logging, where writes are not counted."""
    file = next(row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
    header = head_of(Path(file), _HEADER)
    return None if _WAL in header[_VERSIONS] else int.from_bytes(header[_COUNTER], "big")


def state_of(connection: sqlite3.Connection, layer: str, kept: dict[str, Kept] | None = None) -> State:
    """
    Compare a layer, table or the catalogue with its checksum.

    Parameters
    ----------
    connection
        In a transaction, so that nobody writes meanwhile.
    layer
        Its name.
    kept
        As `kept_in` returns, where it is at hand.

    Raises
    ------
    sqlite3.DatabaseError
        If its rows cannot be read.
    """
    kept = kept_in(connection) if kept is None else kept
    known = kept.get(layer)
    if known is None:
        return "unkept"
    now = _catalogue(connection, kept) if layer == CATALOGUE else digest_of(connection, layer)
    same = now.digest == known.content.digest and (layer == CATALOGUE or now == known.content)
    if same and known.whole:
        return "sound"
    return "changed_outside" if known.whole and written_by_others(connection, kept) else "damaged"


def _catalogue(connection: sqlite3.Connection, layers: Iterable[str]) -> TableDigest:
    """Return the digest of the definitions of layers: tables, columns, kinds of geometry, coordinate systems."""
    names = [name for name in layers if name != CATALOGUE]
    among = placeholders(len(names))
    parts = (
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type = 'table' AND name IN ({names}) ORDER BY name",
        "SELECT table_name, data_type, srs_id FROM gpkg_contents WHERE table_name IN ({names}) ORDER BY table_name",
        "SELECT table_name, column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns "
        "WHERE table_name IN ({names}) ORDER BY table_name",
    )
    found = [connection.execute(statement(part, names=among), names).fetchall() for part in parts]
    systems = (
        "SELECT srs_id, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys ORDER BY srs_id"
    )
    found.append(connection.execute(systems).fetchall())
    digest = blake2b(repr(found).encode(), digest_size=16).hexdigest()
    return TableDigest("", counter_of(connection) or 0, digest)


def keep(connection: sqlite3.Connection, layers: Iterable[str] | None = None) -> None:
    """
    Keep the checksums of layers that were written as a whole.

    Parameters
    ----------
    connection
        Of a write transaction that is about to be committed.
    layers
        The layers; by default, and in a study without checksums, all.
    """
    if not is_kept(connection):
        connection.execute(statement(_MAKE, table=TABLE))
        put_facts(connection, {FACT: "1"})
        layers = None
    log_chain.adopt(connection)
    there = _tables(connection)
    wanted = there if layers is None else [name for name in there if name in {*layers}]
    _put(connection, {name: (digest_of(connection, name), None) for name in wanted})
    _keep_catalogue(connection, there)


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Return the layers and tables of ours that a study has."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [name for name in OURS if name in there]


def _put(connection: sqlite3.Connection, entries: dict[str, tuple[TableDigest, str | None]]) -> None:
    at = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    rows = [(layer, *content, at, outside, _own(layer, *content, at)) for layer, (content, outside) in entries.items()]
    put = statement("INSERT OR REPLACE INTO {table} VALUES ({values})", table=TABLE, values=placeholders(7))
    connection.executemany(put, rows)


def _keep_catalogue(connection: sqlite3.Connection, there: Iterable[str]) -> None:
    """Keep the definitions of the layers, and the count of writes that the file will have after this transaction."""
    kept = kept_in(connection)
    gone = [(name,) for name in kept if name != CATALOGUE and name not in set(there)]
    connection.executemany(statement("DELETE FROM {table} WHERE layer = ?", table=TABLE), gone)
    content = _catalogue(connection, [name for name in kept if (name,) not in gone])
    after = ((counter_of(connection) or 0) + 1) % (1 << 32)
    _put(connection, {CATALOGUE: (content._replace(rows=after), None)})


def absorb(connection: sqlite3.Connection, counter: int | None) -> None:
    """
    Mark layers that another program has changed, and take them as they are now.

    Parameters
    ----------
    connection
        Of a write transaction.
    counter
        How often the study's file was written, as `counter_of` returns it.
    """
    kept = kept_in(connection)
    if CATALOGUE not in kept or counter == kept[CATALOGUE].content.rows:
        return
    noticed = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    now = {name: digest_of(connection, name) for name in _tables(connection) if name in kept}
    _put(connection, {name: (found, noticed) for name, found in now.items() if found != kept[name].content})


def accept(connection: sqlite3.Connection, layers: Iterable[str]) -> None:
    """
    Forget that another program has changed layers.

    Parameters
    ----------
    connection
        Of a write transaction.
    layers
        The layers.
    """
    change = statement("UPDATE {table} SET outside = NULL WHERE layer = ?", table=TABLE)
    connection.executemany(change, [(layer,) for layer in layers])


class Watch:
    """
    Checksums kept through a write transaction: only changed rows are read.

    Rows that were damaged before stay known as damaged: what is kept changes by what the transaction changes.

    Parameters
    ----------
    connection
        Of a write transaction that just began.
    only
        The tables with rows that will change, where they are known; by default each may.
    """

    def __init__(self, connection: sqlite3.Connection, only: Collection[str] | None = None) -> None:
        self._connection = connection
        self._changes = connection.total_changes
        absorb(connection, counter_of(connection))
        self._kept = kept_in(connection)
        self._followed = {name for name in self._kept if name != CATALOGUE and (only is None or name in only)}
        self._tracked = Tracked(connection, sorted(self._followed))

    def keep(self, whole: Collection[str] = ()) -> None:
        """
        Keep the checksums of changed tables, before the transaction is committed.

        Parameters
        ----------
        whole
            Tables that were written as a whole.
        """
        connection = self._connection
        if not self._kept:
            keep(connection)
            return
        there = _tables(connection)
        entries: dict[str, tuple[TableDigest, str | None]] = {}
        for name in there:
            before = self._kept.get(name)
            if before is None or name in whole:
                entries[name] = (digest_of(connection, name), None)
                continue
            if name not in self._followed:
                continue
            after = self._tracked.after(connection, name, before.content)
            if after != before.content:
                entries[name] = (after, before.outside)
        if entries or connection.total_changes != self._changes:
            _put(connection, entries)
            _keep_catalogue(connection, there)
