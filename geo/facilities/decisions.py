"""Accept a site for a facility; it counts as decided from then on, through every new choice and rebuild."""

from __future__ import annotations

import zlib
from pathlib import Path

import shapely

from geo.core.errors import StudyError
from geo.core.masked_words import masked
from geo.core.metric_geometry import metric_shapes
from geo.core.text import Text
from geo.core.vocabulary import FacilityKind
from geo.facilities.coverage import street_near
from geo.facilities.facility_study import FacilityStudy
from geo.study.conflicts import ANY, ConflictError, since
from geo.study.decisions import record, signed
from geo.study.file import now
from geo.study.geometry_blobs import geometry_blob
from geo.study.reader import Study, open_study
from geo.study.rights import requires
from geo.study.versions import touch


def site_id(kind: str, lon: float, lat: float) -> str:
    """Return a site's identifier, made of its kind and place, so that it outlives a new choice."""
    return f"{kind}-{zlib.crc32(f'{lon:.5f},{lat:.5f}'.encode()):08x}"


@requires("decide")
def decide_site(
    study: Study | Path,
    kind: FacilityKind,
    lon: float,
    lat: float,
    reason: str,
    by: str = "",
    name: str | None = None,
    seen: str | None = ANY,
) -> str:
    """
    Accept a site for a facility and record why, in one transaction: from then on it counts as decided.

    Parameters
    ----------
    study
        The study, or its path.
    kind
        Of the facility.
    lon, lat
        Where, in degrees; it need be no site that was proposed.
    reason
        Why; it may not be empty.
    by
        Who decides.
    name
        What it is called; by default as the proposed site there, or its street.
    seen
        The newest decision that the decider knows of (None: none), or `geo.study.conflicts.ANY`.

    Returns
    -------
    decision_id

    Raises
    ------
    ConflictError
        If another site for this kind was accepted or withdrawn since `seen`: the site was chosen without it. Nothing is
        changed.
    StudyError
        If the reason is empty, the site is accepted already, or the study cannot be written. Nothing is changed then.
    """
    opened = open_study(study)
    facilities = FacilityStudy(opened, kind)
    spot = shapely.points([[lon, lat]])
    row = street_near(facilities.roads, metric_shapes(spot, opened.crs), opened.crs)[0]
    subject = site_id(kind, lon, lat)
    accepted = bool((facilities.accepted["subject"] == subject).any())
    sites = opened.layer("sites")
    proposed = sites[sites["site_id"] == subject]
    street = facilities.roads.iloc[row]
    reason, by = signed(reason, by)
    found = (name and masked(name)) or (proposed["name"].iloc[0] if len(proposed) else street["name"])
    called = found if isinstance(found, str) else None
    with opened.changing() as connection:
        theirs = since(connection, seen, ("site",), part=kind)
        if theirs:
            raise ConflictError(theirs)
        if accepted:
            raise StudyError(
                Text("该选址已被采纳", "This site is accepted already"),
                Text("如需撤回，请撤销那次决定", "To take it back, undo that decision"),
            )
        decision = record(
            connection,
            reason=reason,
            by=by,
            at=now(),
            kind="site",
            subject=subject,
            subject_name=called,
            before="proposed" if len(proposed) else "",
            after="accepted",
            lon=lon,
            lat=lat,
            part=kind,
            street_id=street["street_id"],
        )
        if len(proposed):
            connection.execute(
                "UPDATE sites SET status = 'accepted', decision_id = ? WHERE site_id = ?", (decision, subject)
            )
        else:
            connection.execute(
                "INSERT INTO sites (geom, site_id, kind, name, street_id, status, decision_id) "
                "VALUES (?, ?, ?, ?, ?, 'accepted', ?)",
                (geometry_blob(spot[0]), subject, kind, called, street["street_id"], decision),
            )
        touch(connection, "sites")
    return decision
