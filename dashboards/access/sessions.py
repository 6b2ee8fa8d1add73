"""Sessions of signed-in people, kept on the server: a cookie is worthless once its session has ended."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final, NamedTuple

from dashboards.access import accounts
from dashboards.access.access_log import note
from dashboards.access.accounts import Account
from dashboards.access.store import Store
from geo.core.databases import utc_text

COOKIE: Final = "jiexu_session"

LASTS: Final = dt.timedelta(hours=12)
"""A session ends then in any case: after a working day."""

IDLE: Final = dt.timedelta(hours=2)
"""A session ends when nothing was asked for so long."""

_SEEN_EVERY: Final = dt.timedelta(minutes=1)
"""How exactly it is kept when a session was last used."""

_KEPT: Final = dt.timedelta(days=30)
"""How long an ended session is remembered."""


class Session(NamedTuple):
    """A session in force: its digest, its account and its end."""

    digest: str
    account: Account
    expires_at: str


def digest_of(secret: str) -> str:
    """Return the digest of a random secret; the secret itself is kept nowhere."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def open_session(store: Store, account: Account, host: str | None) -> str:
    """Open a session and return its secret, for the cookie."""
    secret, now = secrets.token_urlsafe(32), dt.datetime.now(dt.UTC)
    with store.changing() as connection:
        connection.execute("DELETE FROM sessions WHERE expires_at < ?", (utc_text(now - _KEPT),))
        connection.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, NULL)",
            (digest_of(secret), account.name, utc_text(now), utc_text(now), utc_text(now + LASTS)),
        )
        note(connection, "signed_in", account.name, host=host)
    return secret


def in_force(store: Store, digest: str, used: bool = True) -> Session | None:
    """
    Return a session by its digest, or None once it has ended, expired, or its account is disabled.

    Parameters
    ----------
    store
        The accounts.
    digest
        Of the secret in the cookie.
    used
        Whether somebody asks for something with it: a page that is merely open does not keep it alive.
    """
    if not store.exists:
        return None
    now = dt.datetime.now(dt.UTC)
    with store.reading() as connection:
        row = connection.execute("SELECT * FROM sessions WHERE digest = ?", (digest,)).fetchone()
    if row is None or row["ended_at"] is not None or row["expires_at"] <= utc_text(now):
        return None
    if row["seen_at"] <= utc_text(now - IDLE):
        return None
    account = accounts.find(store, row["name"])
    if account is None or account.disabled:
        return None
    if used and row["seen_at"] <= utc_text(now - _SEEN_EVERY):
        with store.changing() as connection:
            connection.execute("UPDATE sessions SET seen_at = ? WHERE digest = ?", (utc_text(now), digest))
    return Session(digest, account, row["expires_at"])


def end(store: Store, digest: str, host: str | None) -> None:
    """End a session: its pages close within seconds, its cookie opens nothing any more."""
    with store.changing() as connection:
        row = connection.execute(
            "UPDATE sessions SET ended_at = ? WHERE digest = ? AND ended_at IS NULL RETURNING name",
            (utc_text(), digest),
        ).fetchone()
        if row is not None:
            note(connection, "signed_out", row["name"], host=host)
