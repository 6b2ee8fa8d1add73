"""Accounts, roles, sessions, tokens: what opens a study, and for how long."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from pathlib import Path

import pytest

from dashboards.access import accounts, delays, sessions, tokens
from dashboards.access.access_log import broken_at, lines
from dashboards.access.store import Store
from geo.core.errors import StudyError
from geo.study.rights import Grant
from tests.dashboards.access.conftest import PASSWORD


def test_the_right_password_opens_an_account_and_no_other(store: Store) -> None:
    found = accounts.verified(store, "wang", PASSWORD)
    assert found is not None
    assert found.grants["*"].role == "planner"
    assert accounts.verified(store, "wang", PASSWORD + " ") is None
    assert accounts.verified(store, "nobody", PASSWORD) is None
    assert accounts.verified(store, "", "") is None


@pytest.mark.parametrize("written", ["Wang", " wang ", "ｗａｎｇ"])
def test_one_name_in_all_spellings(store: Store, written: str) -> None:
    found = accounts.verified(store, written, PASSWORD)
    assert found is not None
    assert found.name == "wang"
    with pytest.raises(StudyError, match="already"):
        accounts.add(store, written, PASSWORD, Grant("viewer"), by="root")


@pytest.mark.parametrize("name", ["", "  ", "a b", "x" * 65, "a\nb", "<b>", "../x", "a'--"])
def test_names_that_are_none_are_refused(store: Store, name: str) -> None:
    with pytest.raises(StudyError, match="no name"):
        accounts.add(store, name, PASSWORD, Grant("viewer"), by="root")


@pytest.mark.parametrize("password", ["short", "", "x" * 300, "long-name-1"])
def test_weak_passwords_are_refused(store: Store, password: str) -> None:
    with pytest.raises(StudyError, match="password"):
        accounts.add(store, "long-name-1", password, Grant("viewer"), by="root")


def test_no_password_and_no_secret_stands_in_the_file(store: Store) -> None:
    account = accounts.find(store, "wang")
    assert account is not None
    cookie = sessions.open_session(store, account, "10.0.0.7")
    token = tokens.make(store, "wang", reads_only=True, expires=None, by="root")
    held = store.path.read_bytes()
    assert all(secret.encode() not in held for secret in (PASSWORD, cookie, token))
    assert os.name == "nt" or store.path.stat().st_mode & 0o077 == 0


def test_the_last_administrator_stays(store: Store) -> None:
    with pytest.raises(StudyError, match="administrator"):
        accounts.set_disabled(store, "管理员", True, by="root")
    with pytest.raises(StudyError, match="administrator"):
        accounts.set_role(store, "管理员", Grant("viewer"), by="root")
    accounts.set_role(store, "wang", Grant("administrator"), by="管理员")
    accounts.set_disabled(store, "管理员", True, by="wang")
    assert accounts.verified(store, "管理员", PASSWORD) is None


def test_roles_differ_by_study(store: Store) -> None:
    accounts.set_role(store, "li", Grant("planner"), "anyang", by="root")
    accounts.set_role(store, "court", Grant("viewer", ("streets",), texts=False), "anyang", by="root")
    li, court = (accounts.find(store, name) for name in ("li", "court"))
    assert li is not None
    assert court is not None
    assert li.actor.may("decide", Path("studies/anyang.gpkg"))
    assert not li.actor.may("decide", "linzhou")
    assert li.actor.may("record", "linzhou")
    grant = court.actor.grant_on("anyang")
    assert grant is not None
    assert grant.shows("streets")
    assert not grant.shows("complaints")
    assert not grant.texts


def test_a_session_ends_with_sign_out_disabling_password_and_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = accounts.find(store, "wang")
    assert account is not None

    def opened() -> str:
        digest = sessions.digest_of(sessions.open_session(store, account, None))
        assert sessions.in_force(store, digest) is not None
        return digest

    out, disabled, changed, idle = opened(), opened(), opened(), opened()
    sessions.end(store, out, None)
    assert sessions.in_force(store, out) is None
    assert sessions.in_force(store, disabled) is not None

    monkeypatch.setattr(sessions, "IDLE", dt.timedelta(0))
    assert sessions.in_force(store, idle) is None
    monkeypatch.undo()

    accounts.set_password(store, "wang", "another password", by="root")
    assert sessions.in_force(store, changed) is None
    again = sessions.digest_of(sessions.open_session(store, account, None))
    accounts.set_disabled(store, "wang", True, by="root")
    assert sessions.in_force(store, again) is None
    accounts.set_disabled(store, "wang", False, by="root")
    assert sessions.in_force(store, again) is None, "an old cookie opens nothing after the account is open again"


def test_tokens_are_limited_and_revocable(store: Store) -> None:
    reading = tokens.make(store, "wang", reads_only=True, expires=None, by="root")
    actor = tokens.actor_of(store, reading)
    assert actor is not None
    assert actor.may("see", "anyang")
    assert not actor.may("record", "anyang")

    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    assert tokens.actor_of(store, tokens.make(store, "wang", reads_only=False, expires=past, by="root")) is None
    assert tokens.actor_of(store, reading + "x") is None
    assert tokens.actor_of(store, "") is None

    tokens.revoke(store, tokens.every(store)[0].token_id, by="root")
    assert tokens.actor_of(store, reading) is None
    with pytest.raises(StudyError, match="no token"):
        tokens.revoke(store, "00000000", by="root")


def test_many_tries_wait_and_others_are_not_locked_out(store: Store) -> None:
    for _ in range(4):
        delays.failed(store, "wang", "10.0.0.66")
    assert delays.wait_s(store, "wang", "10.0.0.66") == 0
    for _ in range(3):
        delays.failed(store, "wang", "10.0.0.66")
    assert 4 < delays.wait_s(store, "wang", "10.0.0.66") <= 8
    assert delays.wait_s(store, "wang", "10.0.0.7") == 0, "its owner signs in from elsewhere at once"
    for number in range(60):
        delays.failed(store, "wang", f"10.1.0.{number}")
    assert 0 < delays.wait_s(store, "wang", "10.0.0.7") <= 60
    delays.succeeded(store, "wang", "10.0.0.66")
    for number in range(30):
        delays.failed(store, f"name{number}", "10.0.0.9")
    assert delays.wait_s(store, "quite another", "10.0.0.9") > 0


def test_the_log_shows_a_changed_and_a_missing_line(store: Store) -> None:
    account = accounts.find(store, "li")
    assert account is not None
    sessions.open_session(store, account, "10.0.0.7")
    every = lines(store)
    assert broken_at(every) is None
    assert (every[-1].name, every[-1].event, every[-1].host) == ("li", "signed_in", "10.0.0.7")
    assert broken_at([*every[:1], *every[2:]]) == 2
    assert broken_at([every[0], every[1]._replace(subject="li: administrator"), *every[2:]]) == 2
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE access_log SET name = 'wang' WHERE number = ?", (len(every),))
    connection.close()
    assert broken_at(lines(store)) == len(every)


def test_names_that_were_tried_are_not_kept(store: Store) -> None:
    delays.failed(store, "my-password-in-the-wrong-field", "10.0.0.7")
    assert b"my-password" not in store.path.read_bytes()


def test_a_file_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    broken = Store(tmp_path)
    broken.path.write_bytes(b"not a database at all, but text" * 100)
    with pytest.raises(StudyError, match="no file of accounts"):
        accounts.every(broken)
    with pytest.raises(StudyError, match="no accounts"):
        accounts.every(Store(tmp_path / "elsewhere"))
