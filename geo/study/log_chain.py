"""
The chain of the log: each entry holds the hash of the one before, over salted digests of a decision's fields.

A text can be masked later by an entry of its own: the salt of the old text goes, so that nobody can guess it from its
digest, and the chain still holds. Method: Schneier & Kelsey, "Secure audit logs to support computer forensics", ACM
TISSEC 2(2), 1999, with digests in place of the texts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, Literal, NamedTuple

from geo.study.schema import COLUMNS
from geo.study.sql import assignments, placeholders, statement
from geo.study.versions import decision_scope, facts_of, put_facts, touch

TABLE: Final = "jiexu_log"
HEAD: Final = "log_head"
ENTRIES: Final = "log_entries"
"""The facts of the newest entry's hash and of the number of entries."""

FIELDS: Final = tuple(column for column in COLUMNS["decisions"] if column != "street_id")
"""The fields of a decision under the chain; the street that it belongs to now is moved by rebuilds."""

What = Literal["decided", "adopted", "masked", "forgotten"]
"""A decision as it was taken; one of before there was a chain; a masked field; old rows whose texts were removed."""

_COLUMNS: Final = ("entry", "what", "decision_id", "field", "at", "by", "digests", "salts", "previous", "hash")
_MAKE: Final = (
    "CREATE TABLE {table} (entry INTEGER PRIMARY KEY, what TEXT NOT NULL, decision_id TEXT, field TEXT, at TEXT, "
    '"by" TEXT, digests TEXT NOT NULL, salts TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)'
)


class Entry(NamedTuple):
    """
    One entry of the chain.

    Attributes
    ----------
    entry
        Its number, from 1.
    what
        Its kind.
    decision_id, field
        The decision, and the masked field; of removed texts, the layer.
    at, by
        When and by whom; of a decision None, since these are fields under the chain themselves.
    digests
        The salted digest of each field; of removed texts, what was removed.
    salts
        The salt of each field, outside the chain, so that it can go.
    previous, hash
        The hash of the entry before, and of this one.
    """

    entry: int
    what: What
    decision_id: str | None
    field: str | None
    at: str | None
    by: str | None
    digests: dict[str, str]
    salts: dict[str, str]
    previous: str
    hash: str

    def expected(self) -> str:
        """Return the hash that the entry must have."""
        said = [self.previous, self.entry, self.what, self.decision_id, self.field, self.at, self.by, self.digests]
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def entries_in(connection: sqlite3.Connection) -> list[Entry] | None:
    """Return the entries of a study's chain, oldest first; None of a study that has none."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone():
        return None
    rows = connection.execute(statement("SELECT {columns} FROM {table} ORDER BY entry", columns=_COLUMNS, table=TABLE))
    return [
        Entry._make((*said, json.loads(digests), json.loads(salts), previous, found))
        for *said, digests, salts, previous, found in rows
    ]


def field_digest(salt: str, field: str, value: object) -> str:
    """Return the salted digest of a decision's field."""
    text = json.dumps([salt, field, _plain(field, value)], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(field: str, value: object) -> object:
    """Return a value as the digest has it: the same however a program stored it."""
    if value is None or value == "":
        return None
    if field in ("lon", "lat") and isinstance(value, int | float):
        return repr(float(value))
    if field == "at":
        with suppress(ValueError):
            moment = dt.datetime.fromisoformat(str(value))
            return round(moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp() * 1000)
    return str(value)


def adopt(connection: sqlite3.Connection) -> None:
    """
    Begin the chain of a study that has none; its decisions of before stand in it as they are now.

    Parameters
    ----------
    connection
        Of a write transaction.
    """
    if HEAD in facts_of(connection) or entries_in(connection) is not None:
        return
    connection.execute(statement(_MAKE, table=TABLE))
    put_facts(connection, {HEAD: "", ENTRIES: "0"})
    at = _stamp(dt.datetime.now(dt.UTC))
    for (number,) in connection.execute("SELECT decision_id FROM decisions ORDER BY fid").fetchall():
        _append_decision(connection, number, "adopted", at)


def follow(connection: sqlite3.Connection, decision_id: str) -> None:
    """
    Append a decision that was just recorded to the chain.

    Parameters
    ----------
    connection
        Of the write transaction that recorded it.
    decision_id
        Its number.
    """
    _append_decision(connection, decision_id, "decided", None)


def _append_decision(connection: sqlite3.Connection, decision_id: str, what: What, at: str | None) -> None:
    row = connection.execute(
        statement("SELECT {columns} FROM decisions WHERE decision_id = ?", columns=FIELDS), (decision_id,)
    ).fetchone()
    salts = {field: secrets.token_hex(16) for field in FIELDS}
    digests = {field: field_digest(salts[field], field, value) for field, value in zip(FIELDS, row, strict=True)}
    _append(connection, what, decision_id, None, at, None, digests, salts)


def _append(
    connection: sqlite3.Connection,
    what: What,
    decision_id: str | None,
    field: str | None,
    at: str | None,
    by: str | None,
    digests: Mapping[str, str],
    salts: Mapping[str, str],
) -> None:
    facts = dict(connection.execute("SELECT key, value FROM about WHERE key IN (?, ?)", (HEAD, ENTRIES)).fetchall())
    number = int(facts.get(ENTRIES) or 0) + 1
    entry = Entry(number, what, decision_id, field, at, by, {**digests}, {**salts}, facts.get(HEAD) or "", "")
    entry = entry._replace(hash=entry.expected())
    texts = (json.dumps(entry.digests), json.dumps(entry.salts))
    connection.execute(
        statement(
            "INSERT INTO {table} ({columns}) VALUES ({values})",
            table=TABLE,
            columns=_COLUMNS,
            values=placeholders(len(_COLUMNS)),
        ),
        (*entry[:6], *texts, entry.previous, entry.hash),
    )
    put_facts(connection, {HEAD: entry.hash, ENTRIES: str(number)})


def mask_fields(
    connection: sqlite3.Connection, masked: Mapping[tuple[str, str], str | None], by: str, at: dt.datetime
) -> None:
    """
    Replace texts of decisions, each by an entry of its own in the chain.

    Parameters
    ----------
    connection
        Of a write transaction.
    masked
        The new text by decision and field.
    by, at
        Who masks, and when.
    """
    adopt(connection)
    for (number, field), text in masked.items():
        change = statement("UPDATE decisions SET {change} WHERE decision_id = ?", change=assignments([field]))
        connection.execute(change, (text, number))
        rows = connection.execute(
            statement("SELECT entry, salts FROM {table} WHERE decision_id = ?", table=TABLE), (number,)
        ).fetchall()
        for entry, salts in rows:
            kept = {name: salt for name, salt in json.loads(salts).items() if name != field}
            update = statement("UPDATE {table} SET salts = ? WHERE entry = ?", table=TABLE)
            connection.execute(update, (json.dumps(kept), entry))
        salt = secrets.token_hex(16)
        digests = {field: field_digest(salt, field, text)}
        _append(connection, "masked", number, field, _stamp(at), by, digests, {field: salt})
    scopes = "SELECT DISTINCT kind, part FROM decisions WHERE decision_id IN ({numbers})"
    numbers = sorted({number for number, _ in masked})
    for kind, part in connection.execute(statement(scopes, numbers=placeholders(len(numbers))), numbers).fetchall():
        touch(connection, decision_scope(str(kind or "tier"), part))
    if masked:
        touch(connection, "decisions")


def note_forgotten(
    connection: sqlite3.Connection, layer: str, removed: Mapping[str, str], by: str, at: dt.datetime
) -> None:
    """
    Record in the chain that texts of old rows were removed.

    Parameters
    ----------
    connection
        Of a write transaction.
    layer
        The rows' layer.
    removed
        What was removed, in short.
    by, at
        Who removes it, and when.
    """
    adopt(connection)
    _append(connection, "forgotten", None, layer, _stamp(at), by, removed, {})


def forgotten_before(connection: sqlite3.Connection, layer: str) -> dt.date | None:
    """
    Return the first day with texts of a layer's rows after earlier ones were removed; None where none were.

    Parameters
    ----------
    connection
        To the study.
    layer
        The rows' layer.
    """
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone():
        return None
    query = statement("SELECT digests FROM {table} WHERE what = 'forgotten' AND field = ?", table=TABLE)
    days = [json.loads(removed).get("before") for (removed,) in connection.execute(query, (layer,))]
    return max((dt.date.fromisoformat(day) for day in days if day), default=None)


def carry(connection: sqlite3.Connection, entries: Sequence[Entry] | None, facts: Mapping[str, str]) -> None:
    """
    Put the chain of a study into its replacement.

    Parameters
    ----------
    connection
        Of a write transaction on the replacement.
    entries
        As `entries_in` returns them of the old study.
    facts
        What `about` says of the old study.
    """
    if entries is None or HEAD not in facts:
        return
    connection.execute(statement(_MAKE, table=TABLE))
    put = statement("INSERT INTO {table} VALUES ({values})", table=TABLE, values=placeholders(len(_COLUMNS)))
    rows = [
        (*entry[:6], json.dumps(entry.digests), json.dumps(entry.salts), entry.previous, entry.hash)
        for entry in entries
    ]
    connection.executemany(put, rows)
    put_facts(connection, {key: facts[key] for key in (HEAD, ENTRIES) if key in facts})


def _stamp(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
