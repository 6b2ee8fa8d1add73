"""Decisions: append-only, and undone by further decisions; those on the tiers of streets."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import pandas as pd
import shapely

from geo.errors import StudyError
from geo.geopackage import geometry_of
from geo.names import find_names
from geo.schema import COLUMNS, GRADED
from geo.sections import root_of
from geo.spelling import normal_name, street_key
from geo.split import split_street
from geo.study import changing, now, read_layer, touch
from geo.text import Text, pick
from geo.tiers import TIER_COLUMNS, TIER_NAMES, decision_reason, tier_of

BASE_TABLE: Final = "tier_base"
"""The study's table of tiers before any decision, to which an undone decision returns."""

Kind = Literal["tier", "zone", "step", "bays", "site"]
"""What a decision is about: a street's tier, a zone for stalls, a step with an operator, bays, a facility's site."""

ANY: Final = "any"
"""For `seen`: decide whatever others decided meanwhile."""


class ConflictError(StudyError):
    """Somebody else decided on the street since it was shown; `earlier` is what they decided."""

    def __init__(self, earlier: dict[str, str]) -> None:
        tier = TIER_NAMES[earlier["after"]]
        who, reason = earlier["by"] or "?", earlier["reason"]
        super().__init__(
            Text(
                f"{who} 已先将此街定为{tier.zh}（{earlier['decision_id']}，{reason}）",
                f"{who} meanwhile made it a {tier.en} ({earlier['decision_id']}, {reason})",
            ),
            Text(
                "请先查看该决定；仍要修改请再次保存",
                "Look at that decision first; save again if yours should still count",
            ),
        )
        self.earlier = earlier


def find_street(path: Path, street: str, whole: bool = False) -> str:
    """
    Return the id of the street that has this id or name.

    Parameters
    ----------
    path
        The study.
    street
        An id or a name, in any spelling.
    whole
        Whether a street with sections is meant as a whole: its id is that of no section.

    Raises
    ------
    StudyError
        If no street has it (with the nearest names), or several have (with their ids).
    """
    streets = pd.DataFrame(read_layer(path, "streets").drop(columns="geometry"))
    if (streets["street_id"] == street).any():
        return street
    named = streets[streets["name"].notna()]
    for form in (normal_name, street_key):
        matches = named[named["name"].map(form) == form(street)]
        if len(matches):
            break
    if whole and root_of(matches["street_id"]).nunique() == 1:
        return str(root_of(matches["street_id"]).iloc[0])
    if len(matches) == 1:
        return str(matches["street_id"].iloc[0])
    if len(matches) > 1:
        ids = ", ".join(
            f"{row.street_id} ({row.length_m:.0f} m{'; ' + pick(row.section, 'en') if row.section else ''})"
            for row in matches.itertuples()
        )
        raise StudyError(
            Text(f"“{street}”对应 {len(matches)} 条街道或路段", f"“{street}” is {len(matches)} streets or sections"),
            Text(f"请用编号指定其一：{ids}", f"Name one by its id: {ids}"),
        )
    nearest = find_names(named["name"].unique().tolist(), street, limit=3)
    raise StudyError(
        Text(f"没有名为“{street}”的街道", f"No street is called “{street}”"),
        Text(f"最相近的是：{'、'.join(nearest)}", f"The nearest names are {', '.join(nearest)}"),
    )


def decide_tier(path: Path, street_id: str, tier: str, reason: str, by: str = "", seen: str | None = ANY) -> str:
    """
    Set a street's tier by hand and record why, in one transaction.

    Parameters
    ----------
    path
        The study.
    street_id
        As in the layer `streets`.
    tier
        One of `geo.schema.GRADED`, or its Chinese or English name.
    reason
        Why; it may not be empty.
    by
        Who decides.
    seen
        The newest decision on the street that the decider knows of (None: none), or `ANY`.

    Returns
    -------
    decision_id

    Raises
    ------
    ConflictError
        If the street has a newer decision than `seen`. Nothing is changed.
    StudyError
        For an unknown tier or street, an empty reason, or a file that cannot be written.
    """
    chosen = _graded(tier)
    with changing(path) as connection:
        taken = _taken(connection, street_id)
        if seen != ANY and taken and taken[-1].decision_id != seen:
            raise ConflictError({key: str(value or "") for key, value in taken[-1]._asdict().items()})
        return _decide(connection, street_id, chosen, reason, by)


def decide_tiers(path: Path, street_ids: Sequence[str], tier: str, reason: str, by: str = "") -> list[str]:
    """
    Set the tier of several streets, all of those in an area for instance: one decision each, in one transaction.

    Streets that have the tier by a decision already are left alone.

    Parameters
    ----------
    path
        The study.
    street_ids
        As in the layer `streets`.
    tier, reason, by
        As `decide_tier` takes them.

    Returns
    -------
    decision_ids

    Raises
    ------
    StudyError
        As `decide_tier`. Nothing is changed then.
    """
    chosen = _graded(tier)
    with changing(path) as connection:
        standing_so = {
            row[0]
            for row in connection.execute(
                "SELECT street_id FROM streets WHERE tier = ? AND tier_source = 'manual'", (chosen,)
            )
        }
        return [_decide(connection, i, chosen, reason, by) for i in street_ids if i not in standing_so]


def decide_section(
    path: Path, street_id: str, segment_ids: Sequence[str], label: str, tier: str, reason: str, by: str = ""
) -> str:
    """
    Set the tier of a section of a street: it becomes a street of its own, in one transaction.

    Parameters
    ----------
    path
        The study.
    street_id
        The street, or a section of it.
    segment_ids
        The section's segments, as `geo.tier_list.find_section` finds them.
    label
        What the section is called (both languages, as `geo.text.Text` is stored).
    tier, reason, by
        As `decide_tier` takes them.

    Returns
    -------
    decision_id

    Raises
    ------
    StudyError
        As `decide_tier`; for segments of another street, or none.
    """
    chosen = _graded(tier)
    with changing(path) as connection:
        section = split_street(connection, street_id, segment_ids, label)
        return _decide(connection, section, chosen, reason, by)


def _graded(tier: str) -> str:
    chosen = tier if tier in GRADED else tier_of(tier)
    if chosen is None:
        raise StudyError(
            Text(f"没有等级“{tier}”", f"There is no tier “{tier}”"),
            Text(f"请选择 {'、'.join(TIER_NAMES[t].zh for t in GRADED)}", f"Choose one of {', '.join(GRADED)}"),
        )
    return chosen


def _decide(connection: sqlite3.Connection, street_id: str, tier: str, reason: str, by: str) -> str:
    at = now()
    decision = _append(connection, street_id, tier, reason, by, None, at)
    _set_tier(connection, street_id, (tier, "manual", decision_reason(reason.strip(), by, pd.Timestamp(at)), 1.0))
    return decision


def undo(path: Path, decision_id: str, reason: str, by: str = "") -> str:
    """
    Undo a decision by a new one: the street returns to its newest other decision, else to its tier before any.

    An undoing can be undone itself.

    Parameters
    ----------
    path
        The study.
    decision_id
        Which decision no longer counts.
    reason, by
        As `decide_tier` takes them.

    Returns
    -------
    decision_id
        Of the new decision.

    Raises
    ------
    StudyError
        If there is no such decision, it is undone already, or its street is gone.
    """
    with changing(path) as connection:
        row = connection.execute(
            "SELECT coalesce(kind, 'tier'), subject, coalesce(street_id, subject) FROM decisions WHERE decision_id = ?",
            (decision_id,),
        ).fetchone()
        if row is None:
            raise StudyError(
                Text(f"没有决定 {decision_id}", f"There is no decision {decision_id}"),
                Text("请用 jiexu decisions 查看编号", "See the numbers with: jiexu decisions STUDY"),
            )
        kind, subject, street_id = row
        taken = _taken(connection, street_id) if kind == "tier" else taken_on(connection, kind, subject)
        if decision_id not in standing(taken):
            raise StudyError(
                Text(f"决定 {decision_id} 已被撤销", f"Decision {decision_id} is undone already"),
                Text("无需再次撤销；如要恢复，请撤销那次撤销", "To bring it back, undo the decision that undid it"),
            )
        if kind != "tier":
            return _take_back(connection, decision_id, reason, by)
        left = _counting([*taken, Taken("", "", "", "", "", decision_id, "")])
        base = connection.execute(
            f"SELECT {', '.join(TIER_COLUMNS)} FROM {BASE_TABLE} WHERE street_id = ?",  # noqa: S608
            (street_id,),
        ).fetchone()
        if left is not None:
            manual = decision_reason(left.reason, left.by or "", pd.Timestamp(left.at))
            tier = (left.after, "manual", manual, 1.0)
        elif base is not None:
            tier = base
        else:
            raise _gone(street_id)
        decision = _append(connection, street_id, tier[0], reason, by, decision_id, now())
        _set_tier(connection, street_id, tier)
    return decision


class Taken(NamedTuple):
    """A decision as it stands in the table."""

    decision_id: str
    at: str
    by: str | None
    before: str
    after: str
    undoes: str | None
    reason: str


_TAKEN: Final = 'SELECT decision_id, at, "by", before, after, undoes, reason FROM decisions '


def _taken(connection: sqlite3.Connection, street_id: str) -> list[Taken]:
    rows = connection.execute(
        _TAKEN + "WHERE coalesce(kind, 'tier') = 'tier' AND coalesce(street_id, subject) = ? ORDER BY fid", (street_id,)
    )
    return [Taken(*row) for row in rows]


def taken_on(connection: sqlite3.Connection, kind: Kind, subject: str) -> list[Taken]:
    """Return the decisions of a kind on one subject, oldest first."""
    rows = connection.execute(_TAKEN + "WHERE kind = ? AND subject = ? ORDER BY fid", (kind, subject))
    return [Taken(*row) for row in rows]


def _take_back(connection: sqlite3.Connection, decision_id: str, reason: str, by: str) -> str:
    """Undo a decision that is not about a tier: what it was about is as before when it is computed anew."""
    columns = ("kind", "subject", "subject_name", "before", "after", "lon", "lat", "section", "part", "street_id")
    row = connection.execute(
        f"SELECT {', '.join(columns)} FROM decisions WHERE decision_id = ?",  # noqa: S608
        (decision_id,),
    ).fetchone()
    old = dict(zip(columns, row, strict=True))
    old["before"], old["after"] = old["after"], old["before"]
    connection.execute(
        "UPDATE stall_zones SET status = 'proposed', decision_id = NULL WHERE decision_id = ?", (decision_id,)
    )
    connection.execute("DELETE FROM kerb_exclusions WHERE rule = 'decisions' AND cause_id = ?", (decision_id,))
    connection.execute("UPDATE sites SET status = 'proposed', decision_id = NULL WHERE decision_id = ?", (decision_id,))
    for layer in ("stall_zones", "kerb_exclusions", "sites"):
        touch(connection, layer)
    return record(connection, reason=reason, by=by, undoes=decision_id, at=now(), **old)


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
    names = ", ".join(f'"{column}"' for column in columns)
    connection.execute(
        f"INSERT INTO decisions ({names}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
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


def _counting(taken: Sequence[Taken]) -> Taken | None:
    """Return the decision that gives the street its tier: the newest standing one that is no undoing."""
    by_id = {decision.decision_id: decision for decision in taken}
    return next((by_id[number] for number in standing(taken) if not by_id[number].undoes), None)


def _append(
    connection: sqlite3.Connection,
    street_id: str,
    after: str,
    reason: str,
    by: str,
    undoes: str | None,
    at: dt.datetime,
) -> str:
    """Append a decision on a street's tier and return its number."""
    row = connection.execute(
        "SELECT name, tier, section, geom FROM streets WHERE street_id = ?", (street_id,)
    ).fetchone()
    if row is None:
        raise _gone(street_id)
    name, before, section, blob = row
    shape = geometry_of(blob)
    place = shapely.line_interpolate_point(shapely.get_geometry(shape, 0), 0.5, normalized=True)
    # a section is found again by where it runs; a whole street by its name and this place
    part = shapely.to_wkt(shapely.simplify(shape, _SIMPLIFIED_DEGREES), rounding_precision=6) if section else None
    return record(
        connection,
        reason=reason,
        by=by,
        at=at,
        kind="tier",
        subject=street_id,
        subject_name=name,
        before=before,
        after=after,
        undoes=undoes,
        lon=place.x,
        lat=place.y,
        section=section,
        part=part,
        street_id=street_id,
    )


_SIMPLIFIED_DEGREES: Final = 2e-6
"""About twenty centimetres."""


def _gone(street_id: str) -> StudyError:
    return StudyError(
        Text(f"没有编号为 {street_id} 的街道", f"No street has the id {street_id}"),
        Text("请刷新页面后重试", "Reload the page and try again"),
    )


def _set_tier(connection: sqlite3.Connection, street_id: str, tier: tuple[str, str, str, float]) -> None:
    assignments = ", ".join(f"{column} = ?" for column in TIER_COLUMNS)
    for layer in ("streets", "roads"):
        connection.execute(f"UPDATE {layer} SET {assignments} WHERE street_id = ?", (*tier, street_id))  # noqa: S608
    for layer in ("streets", "roads", "decisions"):
        touch(connection, layer)


def on_tiers(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions on tiers; those of studies before there were others have no kind."""
    return decisions[decisions["kind"].isna() | (decisions["kind"] == "tier")]


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


def counting_decisions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return for each street the decision that gives it its tier, if any."""
    counting = filter(None, map(_counting, _by_subject(on_tiers(decisions))))
    return decisions[decisions["decision_id"].isin([decision.decision_id for decision in counting])]
