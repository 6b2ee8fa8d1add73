"""Accept or reject zones for stalls; a decision stays with its stretch of kerb through every new plan and rebuild."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import shapely

from geo.core.errors import StudyError
from geo.core.opening_hours import ALWAYS_TEXT
from geo.core.text import Text
from geo.study.conflicts import ANY, refuse_unseen
from geo.study.decisions import record, signed
from geo.study.file import now
from geo.study.geometry_blobs import geometry_of
from geo.study.reader import Study, changing
from geo.study.rights import requires
from geo.study.versions import touch


@requires("decide")
def decide_zone(
    study: Study | Path, zone_id: str, accept: bool, reason: str, by: str = "", seen: str | None = ANY
) -> str:
    """
    Accept or reject a zone and record why, in one transaction.

    A rejected zone is forbidden kerb from then on, with the decision as its cause.

    Parameters
    ----------
    study
        The study, or its path.
    zone_id
        As in the layer `stall_zones`.
    accept
        Whether it is accepted.
    reason
        Why; it may not be empty.
    by
        Who decides.
    seen
        The newest decision that the decider knows of (None: none), or `geo.study.conflicts.ANY`.

    Returns
    -------
    decision_id

    Raises
    ------
    ConflictError
        If there is a newer decision on the zone than `seen`. Nothing is changed.
    StudyError
        If there is no such zone, the reason is empty, or the study cannot be written. Nothing is changed then.
    """
    return decide_zones(study, [zone_id], accept, reason, by, seen)[0]


@requires("decide")
def decide_zones(
    study: Study | Path, zone_ids: Sequence[str], accept: bool, reason: str, by: str = "", seen: str | None = ANY
) -> list[str]:
    """
    Accept or reject several zones: one decision each, in one transaction; parameters and errors as `decide_zone`.

    Returns
    -------
    decision_ids
    """
    reason, by = signed(reason, by)
    with changing(study) as connection:
        # a zone that somebody has rejected is gone: their decision says more than its absence
        refuse_unseen(connection, seen, "zone", zone_ids)
        numbers = [_decide(connection, zone_id, accept, reason, by) for zone_id in zone_ids]
        for layer in ("stall_zones", "kerb_exclusions"):
            touch(connection, layer)
    return numbers


def _decide(connection: sqlite3.Connection, zone_id: str, accept: bool, reason: str, by: str) -> str:
    after = "accepted" if accept else "rejected"
    row = connection.execute(
        "SELECT z.status, z.street_id, s.name, z.geom FROM stall_zones z "
        "LEFT JOIN streets s ON s.street_id = z.street_id WHERE z.zone_id = ?",
        (zone_id,),
    ).fetchone()
    if row is None:
        raise StudyError(
            Text(f"没有疏导点 {zone_id}", f"There is no zone {zone_id}"),
            Text("请重新计算疏导点（jiexu stalls）后再试", "Compute the zones again (jiexu stalls), then try again"),
        )
    status, street_id, name, blob = row
    line = geometry_of(blob)
    place = shapely.line_interpolate_point(line, 0.5, normalized=True)
    decision = record(
        connection,
        reason=reason,
        by=by,
        at=now(),
        kind="zone",
        subject=zone_id,
        subject_name=name,
        before=status,
        after=after,
        lon=place.x,
        lat=place.y,
        part=shapely.to_wkt(line, rounding_precision=7),
        street_id=street_id,
    )
    if accept:
        connection.execute(
            "UPDATE stall_zones SET status = ?, decision_id = ? WHERE zone_id = ?", (after, decision, zone_id)
        )
    else:
        connection.execute(
            "INSERT INTO kerb_exclusions (geom, segment_id, side, from_m, to_m, rule, cause_id, hours, street_id, "
            "tier) SELECT geom, segment_id, side, from_m, to_m, 'decisions', ?, ?, street_id, tier "
            "FROM stall_zones WHERE zone_id = ?",
            (decision, ALWAYS_TEXT, zone_id),
        )
        connection.execute("DELETE FROM stall_zones WHERE zone_id = ?", (zone_id,))
    return decision
