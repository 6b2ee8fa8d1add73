"""The log of decisions: append-only, of every kind, with the decisions in force."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, cast

import pandas as pd

from geo.core.databases import utc_text
from geo.core.errors import StudyError
from geo.core.masked_words import mask_numbers, masked
from geo.core.text import Text
from geo.study.log_chain import adopt, follow
from geo.study.rights import signature
from geo.study.schema import COLUMNS
from geo.study.sql import placeholders, statement
from geo.study.versions import decision_scope, touch

BASE_TABLE: Final = "tier_base"
"""The study's table of tiers before any decision, to which an undone decision returns."""


DecisionKind = Literal["tier", "zone", "step", "bays", "site"]
"""What a decision is about: a street's tier, a zone for stalls, a step with an operator, bays, a facility's site."""

PROPOSED: Final = "proposed"
"""The status of a row that no decision concerns."""

_TAKEN: Final = 'SELECT decision_id, at, "by", before, after, undoes, reason FROM decisions '
_REPEATED: Final = ("before", "after", "kind", "subject", "subject_name", "lon", "lat", "section", "part", "street_id")
"""The columns of a decision that its withdrawal has too, `before` and `after` changed about."""
_MARKS: Final = (
    ({"status", "decision_id"}, "UPDATE", f"SET status = '{PROPOSED}', decision_id = NULL WHERE decision_id = ?"),
    ({"rule", "cause_id"}, "DELETE FROM", "WHERE rule = 'decisions' AND cause_id = ?"),
)
"""What a withdrawal does to the rows of a layer that has these columns."""


class Taken(NamedTuple):
    """A decision as it stands in the table."""

    decision_id: str
    at: str
    by: str | None
    before: str
    after: str
    undoes: str | None
    reason: str


def taken_on(connection: sqlite3.Connection, kind: DecisionKind, subject: str) -> list[Taken]:
    """Return the decisions of a kind on one subject, oldest first."""
    return taken_where(connection, "kind = ? AND subject = ?", kind, subject)


def taken_where(connection: sqlite3.Connection, condition: str, *values: str) -> list[Taken]:
    """Return the decisions under an SQL condition, with `values` for its question marks, oldest first."""
    return [Taken(*row) for row in connection.execute(f"{_TAKEN} WHERE {condition} ORDER BY fid", values)]


def signed(reason: str, by: str) -> tuple[str, str]:
    """
    Return a reason and the name of whoever decides as the log keeps them, without personal data.

    In a reason all personal data is masked; of the name, numbers and addresses: the name or account itself is what the
    log is for; whoever has signed in signs with the account. It may take a second the first time: call it before a
    transaction.
    """
    return masked(reason.strip()), mask_numbers(signature(by.strip()))


def record(connection: sqlite3.Connection, *, reason: str, by: str, at: dt.datetime, **values: object) -> str:
    """
    Append a decision to the table and return its number.

    Parameters
    ----------
    connection
        Of a transaction.
    reason, by, at
        Why, who and when, as `signed` returns them; personal data is masked in any case.
    values
        The other columns of `decisions` but `decision_id`.

    Raises
    ------
    StudyError
        If the reason is empty.
    """
    if not reason.strip():
        raise StudyError(Text("没有写理由", "The reason is empty"), Text("请写明理由", "Give a reason"))
    number = connection.execute("SELECT max(CAST(substr(decision_id, 2) AS INTEGER)) FROM decisions").fetchone()[0]
    decision = f"D{(number or 0) + 1:04d}"
    reason, by = signed(reason, by)
    row = {**values, "decision_id": decision, "at": utc_text(at), "by": by, "reason": reason}
    columns = [column for column in COLUMNS["decisions"] if column in row]
    adopt(connection)
    connection.execute(
        statement(
            "INSERT INTO decisions ({columns}) VALUES ({values})", columns=columns, values=placeholders(len(columns))
        ),
        [row[column] for column in columns],
    )
    follow(connection, decision)
    touch(connection, "decisions")
    touch(connection, decision_scope(str(values.get("kind")), cast("str | None", values.get("part"))))
    return decision


def decisions_in(decisions: pd.DataFrame, scopes: Sequence[str]) -> pd.DataFrame:
    """
    Return the decisions of some kinds, oldest first.

    Parameters
    ----------
    decisions
        The study's table; rows of before there were kinds are on tiers.
    scopes
        Kinds, or `site:KIND` for sites of a kind of facility.
    """
    kind = decisions["kind"].fillna("tier")
    wanted = kind.isin([scope for scope in scopes if ":" not in scope])
    sites = [scope.partition(":")[2] for scope in scopes if ":" in scope]
    wanted |= (kind == "site") & decisions["part"].isin(sites)
    return decisions[wanted].reset_index(drop=True)


def withdraw(connection: sqlite3.Connection, decision_id: str, reason: str, by: str, at: dt.datetime) -> str:
    """
    Record that a decision no longer counts, and take its marks off every layer of the study.

    A row that a decision gave its status (a layer with `status` and `decision_id`) is proposed again; a row of which
    the decision is the cause (a layer with `rule` and `cause_id`) goes. Its subject is as before the decision when it
    is computed anew.

    Parameters
    ----------
    connection
        Of a transaction.
    decision_id
        The decision; it exists.
    reason, by, at
        As `record` takes them.

    Returns
    -------
    decision_id
        Of the withdrawal.

    Raises
    ------
    StudyError
        If the reason is empty.
    """
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for layer in sorted(tables.intersection(COLUMNS)):
        changed = sum(
            connection.execute(f'{verb} "{layer}" {change}', (decision_id,)).rowcount
            for needed, verb, change in _MARKS
            if needed <= set(COLUMNS[layer])
        )
        if changed:
            touch(connection, layer)
    row = connection.execute(
        statement("SELECT {columns} FROM decisions WHERE decision_id = ?", columns=_REPEATED),
        (decision_id,),
    ).fetchone()
    old = dict(zip(_REPEATED, row, strict=True))
    old["before"], old["after"] = old["after"], old["before"]
    return record(connection, reason=reason, by=by, undoes=decision_id, at=at, **old)


def standing(taken: Sequence[Taken]) -> list[str]:
    """Return the ids of the decisions that no later standing decision undoes, newest first; `taken` is oldest first."""
    undone: set[str] = set()
    kept = []
    for decision in reversed(taken):
        if decision.decision_id in undone:
            continue
        kept.append(decision.decision_id)
        if decision.undoes:
            undone.add(decision.undoes)
    return kept


def street_of(decisions: pd.DataFrame) -> pd.Series:
    """Return the street that each decision belongs to now: a rebuild may have given its subject another id."""
    return decisions["street_id"].where(decisions["street_id"].notna(), decisions["subject"])


def standing_decisions(decisions: pd.DataFrame) -> list[str]:
    """Return the ids of the decisions (the table `decisions`, oldest first) that no later standing one undoes."""
    return [number for taken in by_subject(decisions) for number in standing(taken)]


def standing_on(decisions: pd.DataFrame, kind: DecisionKind) -> pd.DataFrame:
    """Return the decisions of a kind in force, without mere undoings; oldest first."""
    ours = decisions[decisions["kind"] == kind]
    return ours[ours["decision_id"].isin(standing_decisions(ours)) & ours["undoes"].isna()]


def by_subject(decisions: pd.DataFrame) -> list[list[Taken]]:
    """Return the decisions (the table `decisions`, oldest first) in a list for each street or other subject."""
    return [
        [Taken(*row) for row in taken[[*Taken._fields]].itertuples(index=False, name=None)]
        for _, taken in decisions.groupby(street_of(decisions), sort=False)
    ]
