"""Whoever submitted work has the rights that their account has now."""

from __future__ import annotations

from dashboards.access import accounts
from dashboards.access.present import present
from dashboards.access.store import Store
from geo.study.rights import Actor, Grant, system_user


def test_a_role_that_was_taken_away_counts_at_once(store: Store) -> None:
    now = present(store.folder)
    then = Actor("wang", {"*": Grant("planner")})
    assert now(then) == then
    accounts.set_role(store, "wang", Grant("viewer"), by="root")
    assert not now(then).may("decide", "a.gpkg")
    accounts.set_role(store, "wang", Grant("planner"), by="root")
    accounts.set_disabled(store, "wang", True, by="root")
    assert not now(then).may("see", "a.gpkg")


def test_nobody_has_rights_by_an_account_that_is_gone(store: Store) -> None:
    now = present(store.folder)
    gone = Actor("chen", {"*": Grant("administrator")})
    assert not now(gone).may("see", "a.gpkg")
    assert now(system_user()) == system_user(), "the user of this computer needs no account"
    store.path.unlink()
    assert not now(Actor("wang", {"*": Grant("planner")})).may("see", "a.gpkg")


def test_a_token_for_reading_stays_one(store: Store) -> None:
    reader = Actor("wang", {"*": Grant("planner")}, reads_only=True)
    assert not present(store.folder)(reader).may("decide", "a.gpkg")
