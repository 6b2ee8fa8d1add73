"""Whoever asks the server for something: found out from cookie, token or proxy, and told to pages and routes."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final, NamedTuple

import streamlit as st

from dashboards.access import accounts, sessions, tokens
from dashboards.access.acts import keep_log
from dashboards.access.settings import Settings
from dashboards.access.store import Store
from geo.core.errors import StudyError
from geo.study.rights import NOBODY, Actor, system_user, take_from

HEADER: Final = "jiexu-visitor"
"""What the guard tells Streamlit's pages by, in the place of anything that came under this name."""

DESK: Final = "desk"
"""The visitor of a server without sign-in."""

_SESSION: Final = "session:"
_PROXY: Final = "proxy:"
_REMEMBERED_S: Final = 1.0
"""How long the answer to who somebody is may be old."""

_BASIC: Final = "basic "
_BEARER: Final = "bearer "


class Visitor(NamedTuple):
    """
    Whoever asks.

    Attributes
    ----------
    actor
        With roles.
    key
        By which pages find them again: of the desk, of a session, of a proxy's user; empty for a token.
    """

    actor: Actor
    key: str


def page_key() -> str:
    """Return the key of this page's visitor; empty outside of pages."""
    return str(st.context.headers.get(HEADER) or "")


class Visitors:
    """Who the server's visitors are."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.folder)
        self._known: dict[tuple[str, bool], tuple[float, Actor | None]] = {}

    def serve(self) -> None:
        """Have every change that this process makes ask for the rights of the page's visitor."""
        take_from(self.of_page)
        if self.settings.sign_in:
            keep_log(self.store)

    def of_page(self) -> Actor:
        """Return whoever's page runs on this thread; nobody outside of pages."""
        key = st.context.headers.get(HEADER)
        # the guard sees which runs a person asked for
        found = self.known(key, used=False) if key else None
        return found or NOBODY

    def of_request(self, headers: Mapping[str, str], client: str, used: bool = True) -> Visitor | None:
        """
        Return whoever a request comes from, or None.

        Parameters
        ----------
        headers
            Of the request, by names in lower case.
        client
            The address that it comes from, of a proxy where one passed it on.
        used
            Whether it keeps a session alive.
        """
        if not self.settings.sign_in:
            return Visitor(system_user(), DESK)
        header = self.settings.user_header
        if header and client in self.settings.proxies and headers.get(header.lower()):
            return self._visitor(_PROXY + headers[header.lower()], used)
        secret = _token(headers.get("authorization", ""))
        if secret is not None:
            actor = tokens.actor_of(self.store, secret)
            return None if actor is None else Visitor(actor, "")
        cookie = _cookie(headers.get("cookie", ""))
        return None if cookie is None else self._visitor(_SESSION + sessions.digest_of(cookie), used)

    def _visitor(self, key: str, used: bool) -> Visitor | None:
        actor = self.known(key, used)
        return None if actor is None else Visitor(actor, key)

    def known(self, key: str, used: bool = True) -> Actor | None:
        """
        Return whoever a key stands for now, or None once their session has ended.

        Parameters
        ----------
        key
            Of a `Visitor`.
        used
            Whether they ask for something; an open page alone does not keep a session alive.
        """
        if key == DESK:
            return None if self.settings.sign_in else system_user()
        at, actor = self._known.get((key, used), (-_REMEMBERED_S, None))
        now = time.monotonic()
        if now - at < _REMEMBERED_S:
            return actor
        actor = self._look_up(key, used)
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[key, used] = (now, actor)
        return actor

    def _look_up(self, key: str, used: bool) -> Actor | None:
        if key.startswith(_SESSION):
            session = sessions.in_force(self.store, key.removeprefix(_SESSION), used)
            return None if session is None else session.account.actor
        try:
            account = accounts.find(self.store, key.removeprefix(_PROXY))
        except StudyError:
            return None
        return None if account is None or account.disabled else account.actor

    def forget(self, key: str) -> None:
        """Look somebody up anew when they ask next."""
        for used in (False, True):
            self._known.pop((key, used), None)


def session_digest(visitor: Visitor) -> str | None:
    """Return the digest of a visitor's session, or None where they have none."""
    return visitor.key.removeprefix(_SESSION) if visitor.key.startswith(_SESSION) else None


def _cookie(header: str) -> str | None:
    jar = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return None
    found = jar.get(sessions.COOKIE)
    return None if found is None else found.value


def _token(header: str) -> str | None:
    """Return the secret of a token: as Bearer, or as the password of Basic."""
    kind, rest = header[: len(_BEARER)].lower(), header[len(_BEARER) :].strip()
    if kind == _BEARER:
        return rest
    if not header.lower().startswith(_BASIC):
        return None
    try:
        plain = base64.b64decode(header[len(_BASIC) :].strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return plain.partition(":")[2]
