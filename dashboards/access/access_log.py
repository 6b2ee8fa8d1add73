"""The log of access: sign-ins, exports, imports, decisions, changes of users; each line hashes the one before."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Final, Literal, NamedTuple

from dashboards.access.store import Store
from geo.core.databases import utc_text

Event = Literal[
    "signed_in",
    "refused",
    "signed_out",
    "exported",
    "changed",
    "built",
    "renamed",
    "archived",
    "removed",
    "restored",
    "backed_up",
    "job_done",
    "job_failed",
    "job_cancelled",
    "job_interrupted",
    "user_added",
    "role_changed",
    "user_disabled",
    "user_enabled",
    "password_changed",
    "token_made",
    "token_revoked",
]

_START: Final = "0" * 64
_FIELDS: Final = ("number", "at", "name", "event", "study", "subject", "host")


class Line(NamedTuple):
    """
    One line of the log.

    Attributes
    ----------
    number, at
        From 1; in UTC.
    name, event
        The account, and its act.
    study, subject
        The study and the thing that it concerns, or None.
    host
        The address that the request came from, or None for the command line.
    previous, hash
        The hash of the line before, and of this one.
    """

    number: int
    at: str
    name: str | None
    event: str
    study: str | None
    subject: str | None
    host: str | None
    previous: str
    hash: str

    def expected(self) -> str:
        """Return the hash that the line must have."""
        said = [self.previous, *(getattr(self, field) for field in _FIELDS)]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def note(
    connection: sqlite3.Connection,
    event: Event,
    name: str | None,
    *,
    study: str | None = None,
    subject: str | None = None,
    host: str | None = None,
) -> None:
    """Append a line within a transaction."""
    last = connection.execute("SELECT number, hash FROM access_log ORDER BY number DESC LIMIT 1").fetchone()
    number, previous = (1, _START) if last is None else (last["number"] + 1, last["hash"])
    line = Line(number, utc_text(), name, event, study, subject, host, previous, "")
    line = line._replace(hash=line.expected())
    connection.execute("INSERT INTO access_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", line)


def lines(store: Store) -> list[Line]:
    """Return all lines, oldest first."""
    with store.reading() as connection:
        return [Line(*row) for row in connection.execute("SELECT * FROM access_log ORDER BY number")]


def broken_at(every: list[Line]) -> int | None:
    """Return the number of the first changed line, or of the line behind a missing one; None for a whole log."""
    previous = _START
    for number, line in enumerate(every, 1):
        if line.number != number or line.previous != previous or line.hash != line.expected():
            return number
        previous = line.hash
    return None
