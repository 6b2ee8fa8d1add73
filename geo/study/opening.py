"""Checks of every opening of a study and every reading of a layer: they cost little next to the reading."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from geo.study import checksums
from geo.study.damage import damaged
from geo.study.file_state import head_of

CHECKED_AT_READING: Final = 50_000
"""Layers of more rows are compared with their checksum by `jiexu verify` alone: it would double the time of reading."""

CHECKED_IN_PART: Final = 5_000
"""Layers of more rows of which only some are read are left to it as well: the comparison reads all of them."""

_SQLITE: Final = b"SQLite format 3\x00"
_JSON_FACTS: Final = ("extent", "rules")


def is_database(path: Path) -> bool:
    """Tell whether a file begins as SQLite's do."""
    return head_of(path, len(_SQLITE)) == _SQLITE


def is_cut_short(path: Path) -> bool:
    """Tell whether a database has lost its end, by its header (SQLite's file format, 1.3)."""
    header = head_of(path, 100)
    size, counter, pages, valid = struct.unpack(">16xH6xII60xI4x", header.ljust(100, b"\0"))
    logged = path.with_name(path.name + "-wal").exists()  # pages that are not in the file yet
    return counter == valid and not logged and path.stat().st_size < pages * (65536 if size == 1 else size)


def check_opening(path: Path, connection: sqlite3.Connection, facts: Mapping[str, str]) -> None:
    """
    Check the study's facts, and the definitions of its layers.

    Parameters
    ----------
    path
        The study.
    connection
        In a transaction.
    facts
        What `about` says.

    Raises
    ------
    DamagedError
        If they are not as they were written.
    """
    kept = checksums.kept_in(connection)
    if checksums.FACT in facts and not kept:
        raise damaged(path, checksums.TABLE)
    for name in ("about", checksums.CATALOGUE):
        if checksums.state_of(connection, name, kept) == "damaged":
            raise damaged(path, name)
    for key in _JSON_FACTS:
        json.loads(facts.get(key) or "null")


def check_layer(path: Path, connection: sqlite3.Connection, layer: str, most: int | None = None) -> None:
    """
    Compare a layer with its checksum, unless it is large.

    Parameters
    ----------
    path, connection
        As `check_opening` takes them.
    layer
        Its name.
    most
        The rows of a layer that is not large; by default `CHECKED_AT_READING`.

    Raises
    ------
    DamagedError
        If it is not as it was written.
    """
    kept = checksums.kept_in(connection)
    small = layer in kept and kept[layer].content.rows <= (CHECKED_AT_READING if most is None else most)
    if small and checksums.state_of(connection, layer, kept) == "damaged":
        raise damaged(path, layer)


def check_counts(path: Path, connection: sqlite3.Connection, counts: Mapping[str, int]) -> None:
    """
    Compare numbers of rows with the ones kept.

    Parameters
    ----------
    path, connection
        As `check_opening` takes them.
    counts
        By layer.

    Raises
    ------
    DamagedError
        If rows are missing, or too many, and no other program has written to the study.
    """
    kept = checksums.kept_in(connection)
    wrong = [name for name, rows in counts.items() if name in kept and kept[name].content.rows != rows]
    if wrong and not checksums.written_by_others(connection, kept):
        raise damaged(path, wrong[0])
