"""Accounts and their roles, kept in the file beside the studies; passwords as Argon2id hashes."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboards.access.access_log import note
from dashboards.access.store import Store
from geo.core.databases import utc_text
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.rights import EVERY_STUDY, ROLES, Actor, Grant

SHORTEST_PASSWORD: Final = 10
"""Characters."""

_LONGEST_PASSWORD: Final = 256
_LONGEST_NAME: Final = 64
_NAME_MARKS: Final = frozenset("._-@+")

_hasher: Final = PasswordHasher()


class Account(NamedTuple):
    """
    An account.

    Attributes
    ----------
    name
        It signs in with it, and its decisions carry it.
    provider
        The identity provider that it signs in at, or None for a password of its own.
    created_at
        In UTC.
    disabled
        Whether it may not sign in.
    grants
        Its roles, by study.
    """

    name: str
    provider: str | None
    created_at: str
    disabled: bool
    grants: Mapping[str, Grant]

    @property
    def actor(self) -> Actor:
        """Whoever acts with this account: with no role once it is disabled."""
        return Actor(self.name, {} if self.disabled else self.grants)


def plain_name(name: str) -> str:
    """
    Return a name as accounts have it: one spelling for full-width and composed characters, without spaces around.

    Raises
    ------
    StudyError
        If it is empty, too long, or has characters that no name has.
    """
    found = unicodedata.normalize("NFKC", name).strip()
    allowed = all(each.isalnum() or each in _NAME_MARKS for each in found)
    if not found or len(found) > _LONGEST_NAME or not allowed:
        raise StudyError(
            Text(f"用户名不合规定：{name!r}", f"This is no name of an account: {name!r}"),
            Text(
                f"用户名为 1 至 {_LONGEST_NAME} 个字母、汉字、数字或 . _ - @ +",
                f"Use 1 to {_LONGEST_NAME} letters, digits, Chinese characters or . _ - @ +",
            ),
        )
    return found


def _key(name: str) -> str:
    return name.casefold()


def checked_password(password: str, name: str) -> str:
    """
    Return a password that may be used.

    Raises
    ------
    StudyError
        If it is too short or too long, or is the account's name.
    """
    if SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD and _key(password) != _key(name):
        return password
    raise StudyError(
        Text("密码不合规定", "This password cannot be used"),
        Text(
            f"密码须有 {SHORTEST_PASSWORD} 至 {_LONGEST_PASSWORD} 个字符，且不能是用户名",
            f"Use {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters, and not the account's name",
        ),
    )


def add(store: Store, name: str, password: str | None, grant: Grant, study: str = EVERY_STUDY, *, by: str) -> None:
    """
    Make an account with a role.

    Parameters
    ----------
    store
        The accounts.
    name
        Of the account.
    password
        None for one that signs in at an identity provider.
    grant, study
        Its first role, and the study's name without suffix; by default all studies.
    by
        Whoever does it.

    Raises
    ------
    StudyError
        If there is such an account already, or the name or password cannot be used.
    """
    name = plain_name(name)
    hashed = None if password is None else _hasher.hash(checked_password(password, name))
    with store.changing() as connection:
        if _row(connection, name) is not None:
            raise StudyError(
                Text(f"用户 {name} 已存在", f"There is an account {name} already"),
                Text("请换一个用户名，或用 jiexu users list 查看", "Choose another name; jiexu users list shows all"),
            )
        connection.execute("INSERT INTO accounts VALUES (?, ?, NULL, ?, NULL)", (name, hashed, utc_text()))
        _grant(connection, name, study, grant)
        note(connection, "user_added", by, study=study, subject=f"{name}: {grant.role}")


def set_role(store: Store, name: str, grant: Grant | None, study: str = EVERY_STUDY, *, by: str) -> None:
    """
    Give an account a role on a study, or take it away (None).

    Raises
    ------
    StudyError
        If there is no such account, or nobody would be left who may administer all studies.
    """
    with store.changing() as connection:
        name = _there(connection, name)
        if grant is None:
            connection.execute("DELETE FROM roles WHERE name = ? AND study = ?", (name, study))
        else:
            _grant(connection, name, study, grant)
        _require_administrator(connection)
        note(connection, "role_changed", by, study=study, subject=f"{name}: {grant.role if grant else '-'}")


def carry_roles(store: Store, before: str, after: str) -> None:
    """
    Have the roles on a study follow it to another name; roles that stood under that name are none of its.

    Parameters
    ----------
    store
        The accounts; without any, nothing is to be done.
    before, after
        The study's names in accounts (`geo.study.library.role_name`).
    """
    if not store.exists or before == after:
        return
    with store.changing() as connection:
        connection.execute("DELETE FROM roles WHERE study = ?", (after,))
        connection.execute("UPDATE roles SET study = ? WHERE study = ?", (after, before))


def set_disabled(store: Store, name: str, disabled: bool, *, by: str) -> None:
    """
    Close an account, with its sessions and tokens, or open it again.

    Raises
    ------
    StudyError
        If there is no such account, or nobody would be left who may administer all studies.
    """
    with store.changing() as connection:
        name = _there(connection, name)
        now = utc_text()
        connection.execute("UPDATE accounts SET disabled_at = ? WHERE name = ?", (now if disabled else None, name))
        if disabled:
            _end_all(connection, name, now)
            connection.execute("UPDATE tokens SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL", (now, name))
        _require_administrator(connection)
        note(connection, "user_disabled" if disabled else "user_enabled", by, subject=name)


def set_password(store: Store, name: str, password: str, *, by: str) -> None:
    """Give an account another password; its sessions end."""
    with store.reading() as connection:
        name = _there(connection, name)
    hashed = _hasher.hash(checked_password(password, name))
    with store.changing() as connection:
        connection.execute("UPDATE accounts SET password = ? WHERE name = ?", (hashed, name))
        _end_all(connection, name, utc_text())
        note(connection, "password_changed", by, subject=name)


def take_from_provider(store: Store, name: str, provider: str, grants: Mapping[str, Grant]) -> Account:
    """
    Return the account of somebody whom an identity provider vouches for, with the roles that it gives.

    Raises
    ------
    StudyError
        If the account is disabled, or another provider's or a local one.
    """
    name = plain_name(name)
    with store.changing() as connection:
        row = _row(connection, name)
        if row is None:
            connection.execute("INSERT INTO accounts VALUES (?, NULL, ?, ?, NULL)", (name, provider, utc_text()))
            note(connection, "user_added", provider, subject=name)
        elif row["provider"] != provider or row["disabled_at"] is not None:
            raise StudyError(
                Text(f"用户 {name} 不能由此身份服务登录", f"{name} may not sign in by this identity provider"),
                Text("请联系管理员", "Ask an administrator"),
            )
        else:
            name = row["name"]
        connection.execute("DELETE FROM roles WHERE name = ?", (name,))
        for study, grant in grants.items():
            _grant(connection, name, study, grant)
        return _account(connection, name)


def find(store: Store, name: str) -> Account | None:
    """Return an account, or None."""
    with store.reading() as connection:
        row = _row(connection, name)
        return None if row is None else _account(connection, row["name"])


def every(store: Store) -> list[Account]:
    """Return all accounts by name."""
    with store.reading() as connection:
        names = [row["name"] for row in connection.execute("SELECT name FROM accounts ORDER BY name")]
        return [_account(connection, name) for name in names]


def verified(store: Store, name: str, password: str) -> Account | None:
    """
    Return the account that a name and a password open, or None.

    It takes as long for a name that does not exist, so that nobody learns the names by the time.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    with store.reading() as connection:
        row = _row(connection, name)
    known = row is not None and row["password"] is not None and row["disabled_at"] is None
    hashed = row["password"] if row is not None and known else _nobodys_hash()
    try:
        _hasher.verify(hashed, password[:_LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    if row is None or not known:
        return None
    if _hasher.check_needs_rehash(hashed):
        with store.changing() as connection:
            connection.execute("UPDATE accounts SET password = ? WHERE name = ?", (_hasher.hash(password), row["name"]))
    return find(store, row["name"])


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """Return an account's row; names that differ by case only are one."""
    rows = connection.execute("SELECT * FROM accounts")
    return next((row for row in rows if _key(row["name"]) == _key(name)), None)


def _there(connection: sqlite3.Connection, name: str) -> str:
    row = _row(connection, plain_name(name))
    if row is None:
        raise StudyError(
            Text(f"没有用户 {name}", f"There is no account {name}"),
            Text("用 jiexu users list 查看所有用户", "jiexu users list shows all"),
        )
    return str(row["name"])


def _account(connection: sqlite3.Connection, name: str) -> Account:
    row = connection.execute("SELECT * FROM accounts WHERE name = ?", (name,)).fetchone()
    roles = connection.execute("SELECT * FROM roles WHERE name = ? ORDER BY study", (name,))
    grants = {
        role["study"]: Grant(
            role["role"], None if role["layers"] is None else tuple(json.loads(role["layers"])), bool(role["texts"])
        )
        for role in roles
    }
    return Account(row["name"], row["provider"], row["created_at"], row["disabled_at"] is not None, grants)


def _grant(connection: sqlite3.Connection, name: str, study: str, grant: Grant) -> None:
    if grant.role not in ROLES:
        raise ValueError(grant.role)
    layers = None if grant.layers is None else json.dumps(list(grant.layers))
    connection.execute(
        "INSERT OR REPLACE INTO roles VALUES (?, ?, ?, ?, ?)", (name, study, grant.role, layers, int(grant.texts))
    )


def _require_administrator(connection: sqlite3.Connection) -> None:
    left = connection.execute(
        "SELECT 1 FROM roles JOIN accounts USING (name) WHERE study = ? AND role = 'administrator' "
        "AND disabled_at IS NULL",
        (EVERY_STUDY,),
    ).fetchone()
    if left is None:
        raise StudyError(
            Text("至少须有一名管理员", "At least one administrator must be left"),
            Text("请先任命另一名管理员", "Make another administrator first"),
        )


def _end_all(connection: sqlite3.Connection, name: str, now: str) -> None:
    connection.execute("UPDATE sessions SET ended_at = ? WHERE name = ? AND ended_at IS NULL", (now, name))
