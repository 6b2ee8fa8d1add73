"""The page Users, for administrators: accounts, roles, tokens, and the log of access."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from dashboards.access import accounts, tokens
from dashboards.access.access_log import broken_at, lines
from dashboards.access.accounts import SHORTEST_PASSWORD, Account
from dashboards.access.acts import log_store
from dashboards.access.store import Store
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import layer_name
from dashboards.shared.widgets import show_error, table
from geo.core.errors import JiexuError
from geo.study.rights import EVERY_STUDY, ROLE_NAMES, ROLES, Grant, require
from geo.study.schema import LAYERS

_LINES: int = 5_000
"""Of the log, the newest that are shown; the command line exports all."""


def page() -> None:
    """Draw the page."""
    by = require("administer", study_path()).name
    store = log_store()
    if store is None:
        st.info(_("Accounts are for servers with sign-in."))
        return
    st.subheader(_("Users"))
    every = accounts.every(store)
    _list(every)
    left, right = st.columns(2, gap="large")
    with left:
        _add(store, by)
        _role(store, every, by)
    with right:
        _open_and_close(store, every, by)
        _tokens(store, every, by)
    st.subheader(_("Log of access"))
    _log(store)


def _done(work: Callable[[], object], said: str) -> None:
    """Do something and say so on the page that is drawn next."""
    try:
        work()
    except JiexuError as error:
        show_error(error)
    else:
        st.toast(said, icon=":material/check:")
        st.rerun()


def _list(every: list[Account]) -> None:
    language = current_language()
    rows = [
        {
            _("User name"): account.name,
            _("Study"): _("all studies") if study == EVERY_STUDY else study,
            _("Role"): ROLE_NAMES[grant.role].pick(language),
            _("Layers"): _("all") if grant.layers is None else " · ".join(map(layer_name, grant.layers)),
            _("Free texts"): _("shown") if grant.texts else _("hidden"),
            _("Signs in with"): account.provider or _("password"),
            _("State"): _("disabled") if account.disabled else _("open"),
        }
        for account in every
        for study, grant in (account.grants or {EVERY_STUDY: Grant("viewer")}).items()
    ]
    table(pd.DataFrame(rows), "users", "users-table")


def _grant_inputs(key: str) -> tuple[str, Grant]:
    """Ask for a role, its study and its limits."""
    language = current_language()
    role = st.selectbox(_("Role"), ROLES, format_func=lambda each: ROLE_NAMES[each].pick(language), key=f"{key}-role")
    study = st.text_input(_("Study (empty: all)"), key=f"{key}-study").strip() or EVERY_STUDY
    layers = st.multiselect(
        _("Only these layers (viewers)"),
        LAYERS,
        format_func=layer_name,
        key=f"{key}-layers",
        placeholder=_("All layers"),
    )
    texts = st.toggle(_("Show free texts"), value=True, key=f"{key}-texts")
    return study, Grant(role, tuple(layers) or None, texts)


def _add(store: Store, by: str) -> None:
    with st.expander(_("Add a user"), icon=":material/person_add:"), st.form("user-add", border=False):
        name = st.text_input(_("User name"))
        password = st.text_input(
            _("Password"), type="password", help=_("At least {count} characters").format(count=SHORTEST_PASSWORD)
        )
        study, grant = _grant_inputs("user-add")
        if st.form_submit_button(_("Add"), type="primary"):
            _done(lambda: accounts.add(store, name, password, grant, study, by=by), _("The user was added"))


def _role(store: Store, every: list[Account], by: str) -> None:
    with st.expander(_("Change a role"), icon=":material/badge:"), st.form("user-role", border=False):
        name = st.selectbox(_("User name"), [account.name for account in every], key="user-role-name")
        study, grant = _grant_inputs("user-role")
        give, take = st.columns(2)
        given = give.form_submit_button(_("Give this role"), type="primary")
        taken = take.form_submit_button(_("Take the role on this study away"))
    if given or taken:
        _done(
            lambda: accounts.set_role(store, str(name), grant if given else None, study, by=by),
            _("The role was changed"),
        )


def _open_and_close(store: Store, every: list[Account], by: str) -> None:
    with st.expander(_("Disable, enable, new password"), icon=":material/lock:"):
        name = st.selectbox(_("User name"), [account.name for account in every], key="user-state-name")
        account = next((each for each in every if each.name == name), None)
        if account is None:
            return
        if st.button(_("Enable") if account.disabled else _("Disable"), key="user-state"):
            _done(
                lambda: accounts.set_disabled(store, account.name, not account.disabled, by=by),
                _("The account was changed"),
            )
        if account.provider is None:
            with st.form("user-password", border=False, clear_on_submit=True):
                password = st.text_input(_("New password"), type="password")
                if st.form_submit_button(_("Set the password")):
                    _done(
                        lambda: accounts.set_password(store, account.name, password, by=by),
                        _("The password was changed"),
                    )


def _tokens(store: Store, every: list[Account], by: str) -> None:
    with st.expander(_("Tokens for programs (QGIS, GDAL)"), icon=":material/key:"):
        if made := st.session_state.pop("token-made", None):
            st.text(_("The token is shown this once:"))
            st.code(made, language=None)
        listed = [token for token in tokens.every(store) if not token.revoked]
        for token in listed:
            left, right = st.columns([0.75, 0.25], vertical_alignment="center")
            kind = _("read-only") if token.reads_only else _("as the account")
            left.text(f"{token.token_id} · {token.name} · {kind} · {(token.expires_at or '')[:10]}")
            if right.button(_("Revoke"), key=f"revoke-{token.token_id}"):
                _done(partial(tokens.revoke, store, token.token_id, by=by), _("The token was revoked"))
        with st.form("token", border=False):
            name = st.selectbox(_("User name"), [account.name for account in every], key="token-name")
            reads_only = st.toggle(_("Read-only"), value=True)
            last = st.date_input(_("Last day (empty: no end)"), value=None, min_value=dt.datetime.now(dt.UTC).date())
            if st.form_submit_button(_("Make a token")):
                end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(0), dt.UTC) if last else None

                def make() -> None:
                    st.session_state["token-made"] = tokens.make(
                        store, str(name), reads_only=reads_only, expires=end, by=by
                    )

                _done(make, _("The token was made"))


def _log(store: Store) -> None:
    every = lines(store)
    broken = broken_at(every)
    if broken is None:
        st.caption(_("{count:,} lines, unbroken").format(count=len(every)))
    else:
        st.error(_("The log was changed at line {number}").format(number=broken), icon=":material/gpp_bad:")
    names = _event_names()
    newest = every[: -_LINES - 1 : -1]
    rows = pd.DataFrame(
        {
            _("Time (UTC)"): [line.at[:19].replace("T", " ") for line in newest],
            _("User name"): [line.name or "" for line in newest],
            _("Event"): [names.get(line.event, line.event) for line in newest],
            _("Study"): [line.study or "" for line in newest],
            _("Subject"): [line.subject or "" for line in newest],
            _("Address"): [line.host or "" for line in newest],
        }
    )
    table(rows, "access-log", "access-log", height=400)


def _event_names() -> dict[str, str]:
    return {
        "signed_in": _("signed in"),
        "refused": _("refused"),
        "signed_out": _("signed out"),
        "exported": _("exported"),
        "changed": _("changed the study"),
        "built": _("built the study"),
        "renamed": _("renamed the study"),
        "archived": _("archived the study"),
        "removed": _("moved the study to the bin"),
        "restored": _("restored the study"),
        "backed_up": _("made a backup"),
        "job_done": _("work done"),
        "job_failed": _("work failed"),
        "job_cancelled": _("work cancelled"),
        "job_interrupted": _("work interrupted"),
        "user_added": _("user added"),
        "role_changed": _("role changed"),
        "user_disabled": _("user disabled"),
        "user_enabled": _("user enabled"),
        "password_changed": _("password changed"),
        "token_made": _("token made"),
        "token_revoked": _("token revoked"),
    }
