"""The JSON documents of accounts."""

from __future__ import annotations

from typing import TypedDict


class RoleDocument(TypedDict):
    """
    A role of an account.

    Attributes
    ----------
    study
        The study's name without suffix; `*` for all others of the folder.
    role
        `viewer`, `officer`, `planner` or `administrator`.
    layers
        The layers that a viewer sees, or None for all.
    texts
        Whether free texts are shown.
    """

    study: str
    role: str
    layers: list[str] | None
    texts: bool


class TokenDocument(TypedDict):
    """
    A token of an account; its secret is kept nowhere.

    Attributes
    ----------
    token_id
        Its number, by which it is revoked.
    read_only
        Whether it may change nothing.
    created_at, expires_at
        In UTC; it may last for ever.
    revoked
        Whether it is refused.
    """

    token_id: str
    read_only: bool
    created_at: str
    expires_at: str | None
    revoked: bool


class AccountDocument(TypedDict):
    """
    An account.

    Attributes
    ----------
    name
        It signs in with it.
    provider
        The identity provider that it signs in at, or None for a password.
    created_at
        In UTC.
    disabled
        Whether it may not sign in.
    roles, tokens
        By study; oldest first.
    """

    name: str
    provider: str | None
    created_at: str
    disabled: bool
    roles: list[RoleDocument]
    tokens: list[TokenDocument]


class AccountsDocument(TypedDict):
    """
    The accounts of a folder of studies.

    Attributes
    ----------
    folder
        The folder.
    accounts
        By name.
    """

    folder: str
    accounts: list[AccountDocument]


class AccessLineDocument(TypedDict):
    """
    A line of the log of access.

    Attributes
    ----------
    number, at
        From 1; in UTC.
    name, event
        The account, and its act.
    study, subject, host
        The study and thing that it concerns, and the address that the request came from, or None.
    hash
        Over this line and the one before.
    """

    number: int
    at: str
    name: str | None
    event: str
    study: str | None
    subject: str | None
    host: str | None
    hash: str


class AccessLogDocument(TypedDict):
    """
    The log of access.

    Attributes
    ----------
    lines
        Oldest first.
    broken_at
        The number of the first line that was changed or before which one is missing, or None.
    """

    lines: list[AccessLineDocument]
    broken_at: int | None


class NewTokenDocument(TypedDict):
    """
    A token that was just made.

    Attributes
    ----------
    name
        Of the account.
    token
        Its secret, shown this once.
    expires_at
        In UTC, or None.
    """

    name: str
    token: str
    expires_at: str | None
