"""Report and mask the personal data of a study, and remove the texts of old complaints."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from geo.core.errors import StudyError, writing
from geo.core.masked_words import mask_numbers
from geo.core.place import place_of
from geo.core.text import Text
from geo.study import checksums
from geo.study.check_documents import PersonalDocument, PrivacyDocument
from geo.study.damage import reading
from geo.study.doubts import doubted
from geo.study.file import about, changing, connect, now, require_sound
from geo.study.keys import keep_key, study_key
from geo.study.layers.description import MOMENT
from geo.study.log_chain import mask_fields, note_forgotten
from geo.study.personal_data import IDENTIFIERS, Found, Masker, columns_with_text, from_offices
from geo.study.pseudonyms import FORGOTTEN_PREFIX, Pseudonyms
from geo.study.schema import COLUMNS, FREE_TABLES, STUDY_LAYERS, conform
from geo.study.sql import assignments, statement
from geo.study.versions import facts_of, is_version, put_facts, touch

_FACTS: Final = "about"
_KEPT_FACTS: Final = frozenset(("rules", "extent", "metric_crs", "study_id", "log_head", "log_entries", "profile_hash"))
_LONGEST: Final = 1_200
"""The most months that make sense: a hundred years."""
_STREETS_OF: Final = ("tier", "zone", "bays")
"""Kinds of decisions whose subject is a street: its name is the map's, and finds the street again after a rebuild."""


class _Place(NamedTuple):
    """A column with personal data."""

    layer: str
    column: str
    found: Found


def privacy(
    path: Path,
    mask: bool = False,
    forget_after: int | None = None,
    by: str = "",
    at: dt.datetime | None = None,
    new_key: bool = False,
) -> PrivacyDocument:
    """
    Report the personal data of a study; mask it, and remove texts and identifiers of old complaints, if wanted.

    All is changed in one transaction, and the file is written anew without the old texts.

    Parameters
    ----------
    path
        The study.
    mask
        Whether to mask what is found.
    forget_after
        Complaints received before the day so many months ago, by the study's clock, lose their texts and identifiers;
        None for none.
    by
        Who does it: it stands in the log.
    at
        The moment to count months from; by default now.
    new_key
        Whether to go on with a new key where the key of the study's pseudonyms is lost.

    Raises
    ------
    StudyError
        If the study is damaged, cannot be written, or is to be masked and the key of its pseudonyms is missing. It
        stays as it was then.
    """
    if forget_after is not None and not 1 <= forget_after <= _LONGEST:
        raise StudyError(
            Text(
                f"--forget-after 须为月数（1 至 {_LONGEST}）",
                f"--forget-after takes a number of months, 1 to {_LONGEST}",
            ),
            Text("请给出月数，如 24", "Give months, for instance 24"),
        )
    at, by = at or now(), mask_numbers(by.strip())
    facts = about(path)
    key = study_key(path, facts, new_key) if mask else None
    require_sound(path, *COLUMNS)
    masker, rows, before = Masker(Pseudonyms(key and key.secret)), 0, None
    undated: int | None = None
    if not mask and forget_after is None:
        with reading(path), connect(path) as connection:
            connection.execute("BEGIN")
            places = list(_found(connection, masker))
    else:
        with changing(path) as connection, reading(path):
            connection.execute("PRAGMA secure_delete = ON")
            if forget_after is not None:
                before = midnight(day_before(at, forget_after, facts), facts)
                rows, undated = _forget(connection, before, forget_after, by, at)
            places = list(_found(connection, masker))
            if mask:
                _mask(connection, places, by, at)
                named = any(place.column in IDENTIFIERS for place in places)
                if key is not None and (named or key.replaces):
                    put_facts(connection, keep_key(path, key))
        if rows or (mask and places):
            _write_anew(path)
    columns: list[PersonalDocument] = [
        {"layer": layer, "column": column, "cells": len(found.texts), "kinds": dict(found.kinds.most_common())}
        for layer, column, found in places
    ]
    return {
        "study": path.name,
        "cells": sum(each["cells"] for each in columns),
        "columns": columns,
        "masked": mask and bool(columns),
        "forgotten": rows,
        "undated": undated,
        "forget_before": None if before is None else f"{before:%Y-%m-%d}",
    }


def day_before(at: dt.datetime, months: int, facts: Mapping[str, str]) -> dt.date:
    """Return the day so many months before a moment, by a study's clock; of a shorter month, its last day."""
    today = pd.Timestamp(at).tz_convert(place_of(facts).timezone).tz_localize(None).normalize()
    return (today - pd.DateOffset(months=months)).date()


def midnight(day: dt.date, facts: Mapping[str, str]) -> pd.Timestamp:
    """Return the first moment of a day by a study's clock."""
    clock = place_of(facts).timezone
    return pd.Timestamp(day).tz_localize(clock, ambiguous=True, nonexistent="shift_forward")


def _found(connection: sqlite3.Connection, masker: Masker) -> Iterator[_Place]:
    """Yield the columns with personal data, of layers, free tables and facts."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    headers = _headers(connection)
    for layer in (*COLUMNS, *(name for name in FREE_TABLES if name != _FACTS)):
        if layer not in there:
            continue
        columns = [row[1] for row in connection.execute(statement("PRAGMA table_info({table})", table=layer))]
        wanted = _wanted(layer, columns)
        if not wanted:
            continue
        further = [name for name in ("source", "kind", "import_id") if name in columns and name not in wanted]
        rows = _rows(connection, layer, [*wanted, *further])
        rows = rows[from_offices(rows)]
        for column in wanted:
            cells = rows[column]
            if layer == "decisions" and column in ("subject", "subject_name"):
                cells = cells[~rows["kind"].fillna("tier").isin(_STREETS_OF)]
            found = _in_column(masker, cells, column, rows, headers)
            if found.texts:
                yield _Place(layer, column, found)
    yield from _in_facts(connection, masker)


def _headers(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Return the headers of fields in their files, by import and field."""
    found: dict[tuple[str, str], str] = {}
    for number, text in connection.execute("SELECT import_id, mapping FROM imports WHERE mapping IS NOT NULL"):
        with suppress(ValueError, AttributeError):
            found |= {(number, field): str(header) for field, header in json.loads(text).items()}
    return found


def _in_column(
    masker: Masker, cells: pd.Series, column: str, rows: pd.DataFrame, headers: Mapping[tuple[str, str], str]
) -> Found:
    """Return the personal data of a column; identifiers are judged file by file, as imports do."""
    if column not in IDENTIFIERS or "import_id" not in rows:
        return masker.column(cells, column)
    found = Found()
    for number, group in cells.groupby(rows["import_id"].reindex(cells.index).fillna(""), sort=True):
        part = masker.column(group, column, headers.get((str(number), column), ""))
        found.texts.update(part.texts)
        found.kinds_of.update(part.kinds_of)
    return found


def _wanted(layer: str, columns: list[str]) -> list[str]:
    if layer in FREE_TABLES:  # the official list, as it was read; tiers before decisions
        return [name for name in columns if name == "tier_reason" or (layer == "tier_list" and name != "fid")]
    return [name for name in columns_with_text(layer) if name in columns]


def _rows(connection: sqlite3.Connection, layer: str, columns: list[str]) -> pd.DataFrame:
    """Return columns of a layer by the numbers of its rows."""
    query = statement("SELECT fid, {columns} FROM {table}", columns=columns, table=layer)
    rows = connection.execute(query).fetchall()
    return pd.DataFrame(rows, columns=["fid", *columns], dtype=object).set_index("fid")


def _in_facts(connection: sqlite3.Connection, masker: Masker) -> Iterator[_Place]:
    """Yield the facts with personal data: names of files, commands, summaries of results."""
    for number, (key, value) in enumerate(facts_of(connection).items()):
        if is_version(key) or key in _KEPT_FACTS or not value:
            continue
        cell = pd.Series([value], index=[number], dtype=object)
        found = masker.column(cell, "row" if value[:1] in "{[" else key)
        if found.texts:
            yield _Place(_FACTS, key, found)


def _mask(connection: sqlite3.Connection, places: list[_Place], by: str, at: dt.datetime) -> None:
    """Write masked texts: into layers, facts, and decisions by entries of the log."""
    decided: dict[tuple[str, str], str | None] = {}
    columns: dict[str, set[str]] = {}
    for layer, column, found in places:
        if layer == _FACTS:
            put_facts(connection, {column: next(iter(found.texts.values()))})
        elif layer == "decisions":
            numbers = dict(connection.execute("SELECT fid, decision_id FROM decisions").fetchall())
            decided |= {(numbers[row], column): text for row, text in found.texts.items()}
        else:
            _update(connection, layer, column, found.texts)
            columns.setdefault(layer, set()).add(column)
    if decided:
        mask_fields(connection, decided, by, at)
    for layer, changed in columns.items():
        touch(connection, layer, changed)


def _update(connection: sqlite3.Connection, layer: str, column: str, texts: Mapping[int, str | None]) -> None:
    change = statement("UPDATE {table} SET {change} WHERE fid = ?", table=layer, change=assignments([column]))
    connection.executemany(change, [(text, row) for row, text in texts.items()])


def _forget(
    connection: sqlite3.Connection, before: pd.Timestamp, months: int, by: str, at: dt.datetime
) -> tuple[int, int]:
    """
    Remove the texts and identifiers of complaints that were received before a moment.

    Returns the number of rows that lost something, and of complaints without a date that is sure.
    """
    there = [row[1] for row in connection.execute("PRAGMA table_info(complaints)")]
    rows = _rows(connection, "complaints", [name for name in COLUMNS["complaints"] if name in there])
    moments = [name for name in rows if STUDY_LAYERS["complaints"].columns[name].dtype == MOMENT]
    # a file may hold moments with and without milliseconds
    read = rows.assign(**{name: pd.to_datetime(rows[name], utc=True, format="ISO8601") for name in moments})
    typed = conform(read, "complaints").set_axis(rows.index)
    unsure = typed["received_at"].isna() | doubted(typed, "received_at")
    old = rows[~unsure & (typed["received_at"] < before)]
    known = rows[["complaint_id", "subject_id"]].notna() & ~rows[["complaint_id", "subject_id"]].map(_is_forgotten)
    losing = old[old["text"].notna() | known.loc[old.index].any(axis=1)]
    nobody = Pseudonyms()  # under a key that is kept nowhere: no way back
    names, subjects = _new_names(old["complaint_id"], nobody), _new_names(old["subject_id"], nobody)
    _update(connection, "complaints", "text", dict.fromkeys(losing.index, None))
    _update(connection, "complaints", "complaint_id", _renamed(old["complaint_id"], names))
    _update(connection, "complaints", "duplicate_of", _renamed(rows["duplicate_of"], names))
    _update(connection, "complaints", "subject_id", _renamed(old["subject_id"], subjects))
    copies = _forget_copies(connection, before, names, subjects, nobody)
    if len(losing) or copies:
        touch(connection, "complaints")
        for layer in ("replaced", "findings"):
            touch(connection, layer)
        removed = {"months": str(months), "before": f"{before:%Y-%m-%d}", "rows": str(len(losing))}
        note_forgotten(connection, "complaints", removed, by, at)
    return len(losing), int(unsure.sum())


def _is_forgotten(value: object) -> bool:
    return isinstance(value, str) and value.startswith(FORGOTTEN_PREFIX)


def _new_names(cells: pd.Series, nobody: Pseudonyms) -> dict[str, str]:
    """Return the last names of identifiers that have none yet."""
    given = [value for value in cells.dropna().unique() if value and not _is_forgotten(value)]
    return {value: nobody.forgotten(value) for value in given}


def _renamed(cells: pd.Series, names: Mapping[str, str]) -> dict[int, str | None]:
    return {row: names[cell] for row, cell in cells.items() if cell in names}


def _forget_copies(
    connection: sqlite3.Connection,
    before: pd.Timestamp,
    names: Mapping[str, str],
    subjects: Mapping[str, str],
    nobody: Pseudonyms,
) -> int:
    """Remove old complaints from other tables: rows that an import replaced, findings."""
    copies = {}
    for row, cell in _rows(connection, "replaced", ["row", "kind"]).query("kind == 'complaints'")["row"].items():
        kept = json.loads(cell)
        moment = pd.to_datetime(kept.get("received_at"), utc=True, errors="coerce")
        if pd.isna(moment) or moment >= before:
            continue
        for key, known in (("complaint_id", names), ("duplicate_of", names), ("subject_id", subjects)):
            value = kept.get(key)
            if value and not _is_forgotten(value):
                kept[key] = known.get(value) or nobody.forgotten(value)
        text = json.dumps({**kept, "text": None}, ensure_ascii=False)
        if text != cell:
            copies[row] = text
    _update(connection, "replaced", "row", copies)
    findings = _rows(connection, "findings", ["layer", "problem"]).query("layer == 'complaints'")["problem"].dropna()
    said = {row: _without(text, names) for row, text in findings.items()}
    said = {row: text for row, text in said.items() if text != findings[row]}
    _update(connection, "findings", "problem", said)
    return len(copies) + len(said)


def _without(text: str, names: Mapping[str, str]) -> str:
    """Return a sentence with identifiers replaced that stand in it as words."""
    return re.sub(r"[^\s“”｜，,。:：]+", lambda word: names.get(word.group(), word.group()), text)


def _write_anew(path: Path) -> None:
    """Write the file without free pages: old texts would stay in them."""
    with writing(path), connect(path) as connection:
        connection.execute("VACUUM")
        connection.execute("BEGIN IMMEDIATE")
        checksums.keep(connection, ())
        connection.execute("COMMIT")
