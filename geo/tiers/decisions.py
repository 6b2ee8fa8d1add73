"""Decisions on the tiers of streets: append-only, and undone by further decisions."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pandas as pd
import shapely

from geo.core.errors import StudyError
from geo.core.name_matching import normal_name, street_key
from geo.core.text import Text, pick
from geo.core.vocabulary import TIER_NAMES, tier_of
from geo.streets.name_search import find_names
from geo.streets.sections import root_of
from geo.study.conflicts import ANY, refuse_unseen, refuse_unseen_streets
from geo.study.decisions import BASE_TABLE, Taken, by_subject, record, signed, standing, taken_on, taken_where, withdraw
from geo.study.file import now
from geo.study.geometry_blobs import geometry_of
from geo.study.reader import Study, changing, open_study
from geo.study.rights import require_on, requires
from geo.study.schema import GRADED
from geo.study.sql import assignments, statement
from geo.study.versions import facts_of, touch
from geo.tiers.columns import TIER_COLUMNS, decision_reason
from geo.tiers.result import TIERS
from geo.tiers.street_split import carve_street

_SIMPLIFIED_DEGREES: Final = 2e-6
"""About twenty centimetres."""


def find_street(study: Study | Path, street: str, whole: bool = False) -> str:
    """
    Return the id of the street that has this id or name.

    Parameters
    ----------
    study
        The study, or its path.
    street
        An id or a name, in any spelling.
    whole
        Whether a street with sections is meant as a whole: its id is that of no section.

    Raises
    ------
    StudyError
        If no street has it (with the nearest names), or several have (with their ids).
    """
    streets = open_study(study).table("street_lines")
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
            Text(
                f"“{street}”对应 {len(matches)} 条街道或路段", f"“{street}” matches {len(matches)} streets or sections"
            ),
            Text(f"请用编号指定其一：{ids}", f"Name one by its id: {ids}"),
        )
    nearest = find_names(named["name"].unique().tolist(), street, limit=3)
    raise StudyError(
        Text(f"没有名为“{street}”的街道", f"No street with the name “{street}”"),
        Text(f"最相近的是：{'、'.join(nearest)}", f"The nearest names are {', '.join(nearest)}"),
    )


@requires("decide")
def decide_tier(
    study: Study | Path, street_id: str, tier: str, reason: str, by: str = "", seen: str | None = ANY
) -> str:
    """
    Set a street's tier by hand and record why, in one transaction.

    Parameters
    ----------
    study
        The study, or its path.
    street_id
        As in the layer `streets`.
    tier
        One of `geo.study.schema.GRADED`, or its Chinese or English name.
    reason
        Why; it may not be empty.
    by
        Who decides.
    seen
        The newest decision that the decider knows of (None: none), or `ANY`.

    Returns
    -------
    decision_id

    Raises
    ------
    ConflictError
        If the street has a newer decision than `seen`, or a section was made of it since. Nothing is changed.
    StudyError
        For an unknown tier or street, an empty reason, or a file that cannot be written.
    """
    chosen, (reason, by) = _graded(tier), signed(reason, by)
    with _deciding(study) as connection:
        refuse_unseen_streets(connection, seen, [street_id])
        return _decide(connection, street_id, chosen, reason, by)


@requires("decide")
def decide_tiers(
    study: Study | Path,
    street_ids: Sequence[str],
    tier: str,
    reason: str,
    by: str = "",
    seen: str | None = ANY,
) -> list[str]:
    """
    Set the tier of several streets, such as all in an area: one decision each, in one transaction.

    Streets that have the tier by a decision already are left alone.

    Parameters
    ----------
    study
        The study, or its path.
    street_ids
        As in the layer `streets`.
    tier, reason, by, seen
        As `decide_tier` takes them.

    Returns
    -------
    decision_ids

    Raises
    ------
    ConflictError, StudyError
        As `decide_tier`, of any of the streets. Nothing is changed then.
    """
    chosen, (reason, by) = _graded(tier), signed(reason, by)
    with _deciding(study) as connection:
        refuse_unseen_streets(connection, seen, street_ids)
        standing_so = {
            row[0]
            for row in connection.execute(
                "SELECT street_id FROM streets WHERE tier = ? AND tier_source = 'manual'", (chosen,)
            )
        }
        return [_decide(connection, i, chosen, reason, by) for i in street_ids if i not in standing_so]


@requires("decide")
def decide_section(
    study: Study | Path,
    street_id: str,
    segment_ids: Sequence[str],
    label: str,
    tier: str,
    reason: str,
    by: str = "",
    seen: str | None = ANY,
) -> str:
    """
    Set the tier of a section of a street: it becomes a street of its own, in one transaction.

    Parameters
    ----------
    study
        The study, or its path.
    street_id
        The street, or a section of it.
    segment_ids
        The section's segments, as `geo.streets.cross_streets.find_section` finds them.
    label
        What the section is called (both languages, as `geo.core.text.Text` is stored).
    tier, reason, by, seen
        As `decide_tier` takes them.

    Returns
    -------
    decision_id

    Raises
    ------
    ConflictError, StudyError
        As `decide_tier`, of the street or any of its sections; for segments of another street, or none.
    """
    chosen, (reason, by) = _graded(tier), signed(reason, by)
    with _deciding(study) as connection:
        refuse_unseen_streets(connection, seen, [street_id], sections=True)
        section = carve_street(connection, street_id, segment_ids, label)
        return _decide(connection, section, chosen, reason, by)


@contextmanager
def _deciding(study: Study | Path) -> Iterator[sqlite3.Connection]:
    """Open a study for one transaction; tiers that were up to date are so after it: decisions are put over them."""
    with changing(study) as connection:
        fresh = TIERS.known(facts_of(connection)).fresh
        yield connection
        if fresh:
            TIERS.restamp(connection)


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
    _set_tier(connection, street_id, (tier, "manual", decision_reason(reason, by, pd.Timestamp(at)), 1.0))
    return decision


@requires("record")
def undo(study: Study | Path, decision_id: str, reason: str, by: str = "", seen: str | None = ANY) -> str:
    """
    Undo a decision by a new one: the street returns to its newest other decision, else to its tier before any.

    An undoing can be undone itself.

    Parameters
    ----------
    study
        The study, or its path.
    decision_id
        Which decision no longer counts.
    reason, by, seen
        As `decide_tier` takes them.

    Returns
    -------
    decision_id
        Of the new decision.

    Raises
    ------
    ConflictError
        If its subject has a newer decision than `seen`. Nothing is changed.
    StudyError
        If there is no such decision, it is undone already, or its street is gone.
    """
    reason, by = signed(reason, by)
    with _deciding(study) as connection:
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
        require_on("record" if kind == "step" else "decide", study)
        if kind == "tier":
            refuse_unseen_streets(connection, seen, [street_id])
        else:
            refuse_unseen(connection, seen, kind, [subject])
        taken = _taken(connection, street_id) if kind == "tier" else taken_on(connection, kind, subject)
        if decision_id not in standing(taken):
            raise StudyError(
                Text(f"决定 {decision_id} 已被撤销", f"Decision {decision_id} is undone already"),
                Text("无需再次撤销；如要恢复，请撤销那次撤销", "To bring it back, undo the decision that undid it"),
            )
        if kind != "tier":
            return withdraw(connection, decision_id, reason, by, now())
        left = _counting([*taken, Taken("", "", "", "", "", decision_id, "")])
        base = connection.execute(
            statement("SELECT {columns} FROM {table} WHERE street_id = ?", columns=TIER_COLUMNS, table=BASE_TABLE),
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


def _taken(connection: sqlite3.Connection, street_id: str) -> list[Taken]:
    """Return the decisions on a street's tier, oldest first; the oldest studies have only these, without a kind."""
    return taken_where(connection, "coalesce(kind, 'tier') = 'tier' AND coalesce(street_id, subject) = ?", street_id)


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


def _gone(street_id: str) -> StudyError:
    return StudyError(
        Text(f"没有编号为 {street_id} 的街道", f"No street has the id {street_id}"),
        Text("请刷新页面后重试", "Reload the page and try again"),
    )


def _set_tier(connection: sqlite3.Connection, street_id: str, tier: tuple[str, str, str, float]) -> None:
    change = "UPDATE {layer} SET {values} WHERE street_id = ?"
    for layer in ("streets", "roads"):
        connection.execute(statement(change, layer=layer, values=assignments(TIER_COLUMNS)), (*tier, street_id))
        touch(connection, layer, TIER_COLUMNS)


def on_tiers(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions on tiers; the oldest studies have only these, without a kind."""
    return decisions[decisions["kind"].isna() | (decisions["kind"] == "tier")]


def counting_decisions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return for each street the decision that gives it its tier, if any."""
    counting = filter(None, map(_counting, by_subject(on_tiers(decisions))))
    return decisions[decisions["decision_id"].isin([decision.decision_id for decision in counting])]
