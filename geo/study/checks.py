"""The soundness of a study: its file, its layers, its log, rows that cannot be, and sources to restore from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study import checksums, log_chain
from geo.study.check_documents import (
    LayerCheckDocument,
    LogCheckDocument,
    ProblemDocument,
    RestoreDocument,
    VerifyDocument,
)
from geo.study.database import missing
from geo.study.documents import TextDocument
from geo.study.file import FORMAT, OLDER, changing, connect, now
from geo.study.log_check import check_log
from geo.study.opening import is_cut_short, is_database
from geo.study.restoring import original_files, other_copies, restore_steps
from geo.study.rights import requires
from geo.study.row_checks import contradictions, impossible_rows
from geo.study.schema import COLUMNS, GEOMETRY_TYPES
from geo.study.sql import statement
from geo.study.versions import facts_of, touch

_R = TypeVar("_R")

_SHOWN: Final = 20
"""Messages of SQLite's own check that are shown."""

_READING: Final = (sqlite3.DatabaseError, ValueError, TypeError, KeyError, IndexError, OSError)
"""Errors of reading a damaged file, each of which is a problem to name."""


class _Check:
    """The problems found so far in an open study."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.problems: list[ProblemDocument] = []

    def add(
        self, part: str, text: Text, layer: str | None = None, column: str | None = None, rows: int | None = None
    ) -> None:
        self.problems.append({"part": part, "layer": layer, "column": column, "rows": rows, "text": document_of(text)})

    def attempt(self, part: str, work: Callable[[], _R], layer: str | None = None) -> _R | None:
        """Return the finds of a part of the check; a file too damaged for it is a problem."""
        try:
            return work()
        except _READING as error:
            self.add(part, Text(f"无法读取（{error}）", f"It cannot be read ({error})"), layer)
            return None


def verify(path: Path) -> VerifyDocument:
    """
    Check a study wholly; nothing is written.

    Parameters
    ----------
    path
        The study.

    Raises
    ------
    StudyError
        If there is no such file, or it is no database at all.
    """
    if not path.is_file():
        raise missing(path)
    layers: list[LayerCheckDocument] = []
    log = None
    with connect(path) as connection:
        check = _Check(connection)
        if is_database(path):
            check.attempt("file", lambda: connection.execute("BEGIN"))
            facts = check.attempt("facts", lambda: facts_of(connection)) or {}
            _must_be_study(connection, path, facts)
            _file(check, path)
            there = check.attempt("file", lambda: _tables(connection)) or frozenset()
            layers = check.attempt("layer", lambda: _layers(check)) or []
            for text in check.attempt("facts", lambda: contradictions(facts, there)) or []:
                check.add("facts", text)
            _rows(check, there)
            log = check.attempt("log", lambda: _log(check))
            inputs = check.attempt("file", lambda: original_files(connection)) or []
        else:
            check.add("file", Text("文件开头被破坏，或不是研究文件", "Its beginning is destroyed, or it is no study"))
            facts, inputs = {}, []
    sound = not check.problems
    copies = [] if sound else other_copies(path, facts.get("study_id"))
    restore: RestoreDocument = {"copies": copies, "inputs": inputs, "steps": []}
    if not sound:
        restore["steps"] = [document_of(step) for step in restore_steps(path, layers, log, restore)]
    return {
        "study": path.name,
        "checked_at": now().isoformat(),
        "sound": sound,
        "problems": check.problems,
        "layer_states": layers,
        "log": log,
        "restore": restore,
    }


def _must_be_study(connection: sqlite3.Connection, path: Path, facts: Mapping[str, str]) -> None:
    """Refuse a database that is sound and something else."""
    try:
        ours = facts.get("format") in (FORMAT, *OLDER) or checksums.is_kept(connection)
        ours = ours or bool({"about", "roads"} <= _tables(connection))
    except _READING:
        return
    if not ours:
        raise StudyError(
            Text(f"{path} 不是街序研究文件", f"{path} is not a Jiexu study"),
            Text("请选择 jiexu build 生成的 .gpkg 文件", "Choose a .gpkg file that jiexu build made"),
        )


def document_of(text: Text) -> TextDocument:
    """Return a text as documents have it."""
    return {"zh": text.zh, "en": text.en}


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    return frozenset(row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))


def _file(check: _Check, path: Path) -> None:
    """Run SQLite's own checks, and compare the registered layers with the tables."""
    connection = check.connection

    def integrity() -> None:
        for (message,) in connection.execute(f"PRAGMA integrity_check({_SHOWN})"):
            if message != "ok":
                check.add("file", Text(f"数据库结构损坏：{message}", f"The database is damaged: {message}"))

    def length() -> None:
        if is_cut_short(path):
            check.add("file", Text("文件不完整，末尾缺失", "The file is cut short"))

    def registered() -> None:
        there = _tables(connection)
        for (name,) in connection.execute("SELECT table_name FROM gpkg_contents").fetchall():
            if name not in there:
                check.add("file", Text("登记的图层不存在", "A registered layer is not there"), name)
        drawn = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_geometry_columns")}
        for name in GEOMETRY_TYPES:
            if name in there and name not in drawn:
                check.add("file", Text("图层的几何列没有登记", "The layer's shapes are not registered"), name)

    for work in (length, integrity, registered):
        check.attempt("file", work)


def _layers(check: _Check) -> list[LayerCheckDocument]:
    """Return the state of each layer, of the facts and of the log's chain."""
    connection = check.connection
    kept, there = checksums.kept_in(connection), _tables(connection)
    if not kept and checksums.FACT in facts_of(connection):
        check.add("file", Text("校验和已丢失", "The checksums are gone"), checksums.TABLE)
    states: list[LayerCheckDocument] = []
    for name in (
        *(name for name in checksums.OURS if name in there or name in kept),
        *(set(kept) & {checksums.CATALOGUE}),
    ):
        status, rows = "unreadable", None
        try:
            status = checksums.state_of(connection, name, kept) if name in {*there, checksums.CATALOGUE} else "damaged"
            rows = None if name == checksums.CATALOGUE else _count(connection, name)
        except _READING:
            status = "unreadable"
        known = kept.get(name)
        since = known.outside if known else None
        if known is not None and (status == "changed_outside" or (status == "sound" and since)):
            status, since = "changed_outside", since or _edited_at(connection, name) or known.at
        states.append(
            {
                "layer": name,
                "status": status,
                "rows": rows,
                "kept_at": known.at if known else None,
                "changed_since": since if status == "changed_outside" else None,
            }
        )
        _name_state(check, name, status, since, rows)
        if status in ("sound", "changed_outside", "unkept") and name in GEOMETRY_TYPES:
            _index(check, name)
    return states


def _count(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(statement("SELECT count(*) FROM {table}", table=name)).fetchone()[0])


def _edited_at(connection: sqlite3.Connection, name: str) -> str | None:
    """Return when GIS programs say that they changed a layer, or None."""
    query = "SELECT last_change FROM gpkg_contents WHERE table_name = ?"
    row = connection.execute(query, (name,)).fetchone()
    return None if row is None else str(row[0])


def _name_state(check: _Check, name: str, status: str, since: str | None, rows: int | None) -> None:
    if status == "changed_outside":
        text = Text(
            f"自 {since} 起被其他程序（如 QGIS）改动；若确属所愿，请运行 jiexu verify --accept",
            f"Changed outside Jiexu since {since} (in QGIS, for instance); if that is meant, run jiexu verify --accept",
        )
        check.add("layer", text, name, rows=rows)
    elif status == "damaged":
        check.add("layer", Text("内容与写入时不一致，已损坏", "Damaged: it is not as it was written"), name, rows=rows)
    elif status == "unreadable":
        check.add("layer", Text("无法读取", "It cannot be read"), name)


def _index(check: _Check, name: str) -> None:
    """Compare the spatial index of a layer with its shapes."""
    connection, index = check.connection, f"rtree_{name}_geom"
    if index not in _tables(connection):
        return
    try:
        (said,) = connection.execute("SELECT rtreecheck(?)", (index,)).fetchone()
        indexed = connection.execute(statement("SELECT count(*) FROM {table}", table=index)).fetchone()[0]
        shaped = "SELECT count(*) FROM {table} WHERE geom IS NOT NULL AND NOT ST_IsEmpty(geom)"
        if said == "ok" and indexed == connection.execute(statement(shaped, table=name)).fetchone()[0]:
            return
        said = said if said != "ok" else f"{indexed} rows"
    except _READING as error:
        said = str(error)
    check.add("file", Text(f"空间索引损坏（{said}）", f"The spatial index is damaged ({said})"), name)


def _rows(check: _Check, there: frozenset[str]) -> None:
    """Find rows that cannot be."""
    for name in COLUMNS:
        if name not in there:
            continue
        work = partial(impossible_rows, check.connection, name, there)
        for found in check.attempt("rows", work, name) or []:
            check.add("rows", found.problem, found.layer, found.column, found.rows)


def _log(check: _Check) -> LogCheckDocument:
    """Return the state of the log of decisions."""
    found = check_log(check.connection)
    for text in found.problems:
        check.add("log", text, "decisions")
    unchained = found.entries == 0 and log_chain.HEAD not in facts_of(check.connection)
    return {
        "status": "broken" if found.problems else "unchained" if unchained else "sound",
        "decisions": found.decisions,
        "entries": found.entries,
        "chained_since": found.since,
        "head": found.head,
        "masked": [
            {"decision_id": number, "field": field, "at": at, "by": by} for number, field, at, by in found.masked
        ],
        "forgotten": [{"layer": layer, "at": at, "by": by} for layer, at, by in found.forgotten],
    }


@requires("administer")
def accept_changes(path: Path) -> list[str]:
    """
    Take the layers that another program has changed as right, and return their names.

    Parameters
    ----------
    path
        The study.

    Raises
    ------
    StudyError
        If a layer is damaged, or the study cannot be written.
    """
    accepted = [state["layer"] for state in verify(path)["layer_states"] if state["status"] == "changed_outside"]
    names = [name for name in accepted if name in checksums.OURS]
    if accepted:
        with changing(path) as connection:
            checksums.accept(connection, names)
            for name in names:
                if name in COLUMNS:
                    touch(connection, name)  # results made of it are out of date
    return names
