"""Copying layers from one GeoPackage into another within a transaction of the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final, NamedTuple

from geo.study.sql import Fragment, identifier, statement

SOURCE: Final = "aside"
"""The schema name of the database to copy from: `geo.study.database.locked` attaches it."""

_OWN: Final = ("sqlite_", "gpkg_", "rtree_")
"""Beginnings of tables that belong to SQLite, to the GeoPackage, or to a spatial index."""

_SHADOWS: Final = ("node", "parent", "rowid")
"""The tables that SQLite keeps a spatial index in."""


class _Made(NamedTuple):
    """An entry of SQLite's own catalogue: its kind, its name, its table, and the statement that makes it."""

    kind: str
    name: str
    table: str
    sql: str


def tables_in(connection: sqlite3.Connection, schema: str = "main") -> list[str]:
    """Return the tables of a database that are no part of SQLite, the GeoPackage or a spatial index."""
    return [made.name for made in _catalogue(connection, schema) if made.kind == "table" and not _is_own(made.name)]


def copy_tables(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """
    Replace tables and layers of `main` by the ones of `SOURCE`, with their spatial indexes and their descriptions.

    Parameters
    ----------
    connection
        Of a write transaction.
    names
        Tables of `SOURCE`.
    """
    source, there = _catalogue(connection, SOURCE), _catalogue(connection, "main")
    _copy_new_own(connection, source, there)
    same_pages = len({connection.execute(f"PRAGMA {each}.page_size").fetchone() for each in ("main", SOURCE)}) == 1
    for name in names:
        drop_table(connection, name)
        made = [each for each in source if each.table == name]
        for each in sorted(made, key=lambda each: each.kind != "table"):
            if each.kind == "table":
                connection.execute(each.sql)
                _copy_rows(connection, name)
                _copy_descriptions(connection, name)
                for index in _spatial_indexes(connection, SOURCE, name):
                    _copy_spatial_index(connection, next(each for each in source if each.name == index), same_pages)
            else:
                connection.execute(each.sql)  # its indexes and triggers come after its rows


def drop_table(connection: sqlite3.Connection, name: str) -> None:
    """Remove a table or layer of `main`, with its spatial index and its descriptions; there need be none."""
    for index in _spatial_indexes(connection, "main", name):
        connection.execute(statement("DROP TABLE main.{index}", index=index))
    connection.execute(statement("DROP TABLE IF EXISTS main.{name}", name=name))
    for table in _describing(connection, "main"):
        connection.execute(statement("DELETE FROM main.{table} WHERE table_name = ?", table=table), (name,))


def _catalogue(connection: sqlite3.Connection, schema: str) -> list[_Made]:
    rows = connection.execute(
        statement(
            "SELECT type, name, tbl_name, sql FROM {schema}.sqlite_master WHERE sql IS NOT NULL ORDER BY rowid",
            schema=schema,
        )
    )
    return [_Made(*row) for row in rows]


def _is_own(name: str) -> bool:
    return name.startswith(_OWN)


def _spatial_indexes(connection: sqlite3.Connection, schema: str, name: str) -> list[str]:
    """Return the virtual tables of a layer's spatial index, as GeoPackages name them."""
    columns = statement("SELECT column_name FROM {schema}.gpkg_geometry_columns WHERE table_name = ?", schema=schema)
    named = {f"rtree_{name}_{row[0]}" for row in connection.execute(columns, (name,))}
    return [made.name for made in _catalogue(connection, schema) if made.name in named]


def _copy_new_own(connection: sqlite3.Connection, source: list[_Made], there: list[_Made]) -> None:
    """Make the GeoPackage's own tables that `main` does not have yet, and add coordinate systems that it lacks."""
    known = {each.name for each in there}
    for each in source:
        if each.kind == "table" and each.name.startswith("gpkg_") and each.name not in known:
            connection.execute(each.sql)
    _copy_rows(connection, "gpkg_spatial_ref_sys", verb="INSERT OR IGNORE")
    if "gpkg_extensions" in {each.name for each in source}:
        _copy_rows(connection, "gpkg_extensions", verb="INSERT OR IGNORE", where="WHERE table_name IS NULL")


def _describing(connection: sqlite3.Connection, schema: str) -> list[str]:
    """Return the GeoPackage's own tables with rows on single layers."""
    own = [
        made.name for made in _catalogue(connection, schema) if made.kind == "table" and made.name.startswith("gpkg_")
    ]
    return [name for name in own if "table_name" in _columns(connection, schema, name)]


def _copy_descriptions(connection: sqlite3.Connection, name: str) -> None:
    for table in _describing(connection, SOURCE):
        _copy_rows(connection, table, where="WHERE table_name = ?", values=(name,))


def _copy_rows(
    connection: sqlite3.Connection, table: str, verb: str = "INSERT", where: str = "", values: tuple[str, ...] = ()
) -> None:
    there = set(_columns(connection, "main", table))
    columns = [column for column in _columns(connection, SOURCE, table) if column in there]
    connection.execute(
        statement(
            "{verb} INTO main.{table} ({columns}) SELECT {columns} FROM {source}.{table} {where}",
            verb=Fragment(verb),
            table=table,
            columns=columns,
            source=SOURCE,
            where=Fragment(where),
        ),
        values,
    )


def _copy_spatial_index(connection: sqlite3.Connection, index: _Made, same_pages: bool) -> None:
    """Copy the pages of a spatial index as they are; entry by entry where pages are of another size."""
    connection.execute(index.sql)
    if not same_pages:
        copy = "INSERT INTO main.{index} SELECT * FROM {source}.{index}"
        connection.execute(statement(copy, index=index.name, source=SOURCE))
        return
    for shadow in (f"{index.name}_{part}" for part in _SHADOWS):
        connection.execute(statement("DELETE FROM main.{shadow}", shadow=shadow))
        copy = "INSERT INTO main.{shadow} SELECT * FROM {source}.{shadow}"
        connection.execute(statement(copy, shadow=shadow, source=SOURCE))


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> list[str]:
    found = connection.execute(f"PRAGMA {identifier(schema)}.table_info({identifier(table)})")
    return [row[1] for row in found]
