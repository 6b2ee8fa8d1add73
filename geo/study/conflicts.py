"""Conflicting decisions: somebody else decided on the same thing since whoever decides now has looked at it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from geo.core.errors import StudyError
from geo.core.text import Language, Text, pick
from geo.core.vocabulary import TIER_NAMES

ANY: Final = "any"
"""For `seen`: decide whatever others decided meanwhile."""

_STATUS_NAMES: Final[Mapping[str, Text]] = {
    "accepted": Text("采纳", "accepted"),
    "rejected": Text("否决", "rejected"),
    "proposed": Text("待定", "proposed"),
}
_NEWER: Final = (
    "SELECT decision_id, coalesce(kind, 'tier'), at, coalesce(\"by\", ''), coalesce(reason, ''), subject, "
    "subject_name, section, coalesce(before, ''), coalesce(after, ''), undoes, coalesce(street_id, subject) "
    "FROM decisions "
    "WHERE CAST(substr(decision_id, 2) AS INTEGER) > ? AND (? IS NULL OR part = ?) ORDER BY fid"
)
_TOLD: Final = 3
"""Decisions that one message tells of; a page shows all."""


class Theirs(NamedTuple):
    """
    A decision of somebody else.

    Attributes
    ----------
    decision_id, kind, at, by, reason
        Its number, what it is about, when, who and why.
    subject, subject_name, section
        The thing that it is on.
    before, after
        The values before and after it.
    undoes
        The decision that it withdraws, or None.
    street_id
        The street that it belongs to.
    """

    decision_id: str
    kind: str
    at: str
    by: str
    reason: str
    subject: str
    subject_name: str | None
    section: str | None
    before: str
    after: str
    undoes: str | None
    street_id: str


class ConflictError(StudyError):
    """
    Somebody else decided on the same thing since it was shown; nothing was changed.

    Parameters
    ----------
    theirs
        Their decisions, oldest first.
    names
        The name of a value before or after; by default of tiers, and of zones and sites that are accepted or rejected.
    """

    def __init__(self, theirs: Sequence[Theirs], names: Callable[[str], Text] | None = None) -> None:
        called = names or _outcome
        shown = theirs[-_TOLD:]
        more = len(theirs) - len(shown)
        zh = "；".join(_told(each, called, "zh") for each in shown) + (f"；另有 {more} 项" if more else "")
        en = "; ".join(_told(each, called, "en") for each in shown) + (f"; and {more} more" if more else "")
        super().__init__(
            Text(f"您查看之后，{zh}", f"Since you looked, {en}"),
            Text(
                "请先查看该决定；仍要修改请再次保存",
                "Look at that decision first; save again if yours should still count",
            ),
        )
        self.theirs = tuple(theirs)

    @property
    def seen(self) -> str:
        """The newest of their decisions: whoever decides nevertheless has seen this one."""
        return self.theirs[-1].decision_id

    @property
    def earlier(self) -> dict[str, str]:
        """The newest of their decisions by the names of its columns."""
        return {key: str(value or "") for key, value in self.theirs[-1]._asdict().items()}


def since(
    connection: sqlite3.Connection, seen: str | None, kinds: Collection[str], part: str | None = None
) -> list[Theirs]:
    """
    Return the decisions of some kinds that are newer than one, oldest first.

    Parameters
    ----------
    connection
        To the study.
    seen
        The newest decision that somebody knows of; None for none, `ANY` for all.
    kinds
        What they are about.
    part
        The kind of facility of sites; None for any.
    """
    if seen == ANY:
        return []
    rows = connection.execute(_NEWER, (number_of(seen), part, part))
    return [each for each in map(Theirs._make, rows) if each.kind in kinds]


def refuse_unseen(
    connection: sqlite3.Connection,
    seen: str | None,
    kind: str,
    subjects: Collection[str],
    names: Callable[[str], Text] | None = None,
) -> None:
    """
    Refuse to decide on things that somebody else has decided on meanwhile.

    Parameters
    ----------
    connection
        Of a transaction.
    seen
        As `since` takes it.
    kind, subjects
        What the decision is about.
    names
        As `ConflictError` takes them.

    Raises
    ------
    ConflictError
        If there is a newer decision on one of them.
    """
    wanted = set(subjects)
    theirs = [each for each in since(connection, seen, (kind,)) if each.subject in wanted]
    if theirs:
        raise ConflictError(theirs, names)


def refuse_unseen_streets(
    connection: sqlite3.Connection, seen: str | None, street_ids: Collection[str], sections: bool = False
) -> None:
    """
    Refuse to decide on streets that somebody else has decided on meanwhile, or made a section of.

    Parameters
    ----------
    connection
        Of a transaction.
    seen
        As `since` takes it.
    street_ids
        The streets.
    sections
        Whether decisions on all sections of a street count: a further one may overlap with them.

    Raises
    ------
    ConflictError
        If there is a newer decision on one of them.
    """
    theirs, wanted = since(connection, seen, ("tier",)), set(street_ids)
    roots = {_root(street_id) for street_id in wanted}
    conflicting = [
        each
        for each in theirs
        if each.street_id in wanted
        or (_root(each.street_id) in roots and (sections or _is_new(connection, each.street_id, seen)))
    ]
    if conflicting:
        raise ConflictError(conflicting)


def number_of(decision_id: Any) -> int:
    """Return the number in a decision's id; 0 for none."""
    digits = str(decision_id or "")[1:]
    return int(digits) if digits.isdecimal() else 0


def _root(street_id: str) -> str:
    return street_id.partition(".")[0]


def _is_new(connection: sqlite3.Connection, street_id: str, seen: str | None) -> bool:
    """Tell whether nobody had decided on a section before: it may have been made since."""
    row = connection.execute(
        "SELECT min(CAST(substr(decision_id, 2) AS INTEGER)) FROM decisions "
        "WHERE coalesce(kind, 'tier') = 'tier' AND coalesce(street_id, subject) = ?",
        (street_id,),
    ).fetchone()
    return int(row[0] or 0) > number_of(seen)


def _outcome(value: str) -> Text:
    known: Mapping[str, Text] = {**TIER_NAMES, **_STATUS_NAMES}
    return known.get(value) or Text(pick(value, "zh"), pick(value, "en"))


def _told(each: Theirs, called: Callable[[str], Text], language: Language) -> str:
    zh = language == "zh"
    who, what = each.by or "?", each.subject_name or each.subject
    if each.section:
        what = f"{what} ({pick(each.section, language)})"
    after, reason = called(each.after).pick(language), f"{each.decision_id}, {each.reason}"
    if each.undoes:
        return (
            f"{who} 撤销了 {each.undoes}（{what}；{reason}）" if zh else f"{who} undid {each.undoes} ({what}; {reason})"
        )
    return f"{who} 已将{what}定为{after}（{reason}）" if zh else f"{who} decided on {what}: {after} ({reason})"
