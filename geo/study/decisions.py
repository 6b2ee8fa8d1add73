"""The log of decisions: append-only, of every kind; which of them stand."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import pandas as pd

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.file import touch
from geo.study.schema import COLUMNS
from geo.study.sql import placeholders, statement

BASE_TABLE: Final = "tier_base"
"""The study's table of tiers before any decision, to which an undone decision returns."""


Kind = Literal["tier", "zone", "step", "bays", "site"]
"""What a decision is about: a street's tier, a zone for stalls, a step with an operator, bays, a facility's site."""


_TAKEN: Final = 'SELECT decision_id, at, "by", before, after, undoes, reason FROM decisions '


class Taken(NamedTuple):
    """A decision as it stands in the table."""

    decision_id: str
    at: str
    by: str | None
    before: str
    after: str
    undoes: str | None
    reason: str


def taken_on(connection: sqlite3.Connection, kind: Kind, subject: str) -> list[Taken]:
    """Return the decisions of a kind on one subject, oldest first."""
    rows = connection.execute(_TAKEN + "WHERE kind = ? AND subject = ? ORDER BY fid", (kind, subject))
    return [Taken(*row) for row in rows]


def record(connection: sqlite3.Connection, *, reason: str, by: str, at: dt.datetime, **values: object) -> str:
    """
    Append a decision to the table and return its number.

    Parameters
    ----------
    connection
        Of a transaction.
    reason, by, at
        Why, who and when.
    values
        The other columns of `decisions` but `decision_id`.

    Raises
    ------
    StudyError
        If the reason is empty.
    """
    if not reason.strip():
        raise StudyError(Text("没有写理由", "The reason is empty"), Text("请写明理由", "Say why"))
    number = connection.execute("SELECT max(CAST(substr(decision_id, 2) AS INTEGER)) FROM decisions").fetchone()[0]
    decision = f"D{(number or 0) + 1:04d}"
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
    row = {**values, "decision_id": decision, "at": stamp, "by": by, "reason": reason.strip()}
    columns = [column for column in COLUMNS["decisions"] if column in row]
    connection.execute(
        statement(
            "INSERT INTO decisions ({columns}) VALUES ({values})", columns=columns, values=placeholders(len(columns))
        ),
        [row[column] for column in columns],
    )
    touch(connection, "decisions")
    return decision


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
    return [number for taken in _by_subject(decisions) for number in standing(taken)]


def standing_on(decisions: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Return the decisions of a kind that stand, without those that only undo others; oldest first."""
    ours = decisions[decisions["kind"] == kind]
    return ours[ours["decision_id"].isin(standing_decisions(ours)) & ours["undoes"].isna()]


def _by_subject(decisions: pd.DataFrame) -> list[list[Taken]]:
    return [
        [Taken(*row) for row in taken[[*Taken._fields]].itertuples(index=False, name=None)]
        for _, taken in decisions.groupby(street_of(decisions), sort=False)
    ]
