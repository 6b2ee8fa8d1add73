"""Tokens for programs (QGIS, GDAL): shown once, kept as a digest, revocable."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final, NamedTuple

from dashboards.access import accounts
from dashboards.access.access_log import note
from dashboards.access.sessions import digest_of
from dashboards.access.store import Store
from geo.core.databases import utc_text
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.rights import Actor

PREFIX: Final = "jxt_"
"""What a token begins with, so that scanners of repositories find one that was published."""


class Token(NamedTuple):
    """A token as it is listed: its secret is kept nowhere."""

    token_id: str
    name: str
    reads_only: bool
    created_at: str
    expires_at: str | None
    revoked: bool


def make(store: Store, name: str, *, reads_only: bool, expires: dt.datetime | None, by: str) -> str:
    """
    Make a token with the roles of an account and return its secret, shown this once.

    Raises
    ------
    StudyError
        If there is no such account, or it is disabled.
    """
    account = accounts.find(store, name)
    if account is None or account.disabled:
        raise StudyError(
            Text(f"没有可用的用户 {name}", f"There is no open account {name}"),
            Text("用 jiexu users list 查看所有用户", "jiexu users list shows all"),
        )
    secret, number = PREFIX + secrets.token_urlsafe(32), secrets.token_hex(4)
    with store.changing() as connection:
        connection.execute(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (
                number,
                account.name,
                digest_of(secret),
                int(reads_only),
                utc_text(),
                utc_text(expires) if expires else None,
            ),
        )
        note(connection, "token_made", by, subject=f"{account.name}: {number}")
    return secret


def revoke(store: Store, token_id: str, *, by: str) -> None:
    """
    Revoke a token; requests with it are refused from then on.

    Raises
    ------
    StudyError
        If there is no such token in force.
    """
    with store.changing() as connection:
        row = connection.execute(
            "UPDATE tokens SET revoked_at = ? WHERE token_id = ? AND revoked_at IS NULL RETURNING name",
            (utc_text(), token_id),
        ).fetchone()
        if row is None:
            raise StudyError(
                Text(f"没有有效的令牌 {token_id}", f"There is no token {token_id} in force"),
                Text("用 jiexu users list 查看令牌编号", "jiexu users list shows the numbers of tokens"),
            )
        note(connection, "token_revoked", by, subject=f"{row['name']}: {token_id}")


def every(store: Store) -> list[Token]:
    """Return all tokens, oldest first."""
    with store.reading() as connection:
        return [
            Token(
                row["token_id"],
                row["name"],
                bool(row["reads_only"]),
                row["created_at"],
                row["expires_at"],
                row["revoked_at"] is not None,
            )
            for row in connection.execute("SELECT * FROM tokens ORDER BY created_at")
        ]


def actor_of(store: Store, secret: str) -> Actor | None:
    """Return whoever acts with a token, or None for one that is unknown, revoked, expired, or of a closed account."""
    if not secret.startswith(PREFIX) or not store.exists:
        return None
    with store.reading() as connection:
        row = connection.execute("SELECT * FROM tokens WHERE digest = ?", (digest_of(secret),)).fetchone()
    if row is None or row["revoked_at"] is not None or (row["expires_at"] or "~") <= utc_text():
        return None
    account = accounts.find(store, row["name"])
    if account is None or account.disabled:
        return None
    return Actor(account.name, account.grants, reads_only=bool(row["reads_only"]))
