"""Accept or reject zones for stalls; a decision stays with its stretch of kerb through every new plan and rebuild."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from geo.decisions import record, standing_on
from geo.errors import StudyError
from geo.exclusions import Exclusions
from geo.geopackage import geometry_of
from geo.hours import ALWAYS_TEXT
from geo.kerbs import Kerbs
from geo.obstacles import inside
from geo.planar import metric_shapes
from geo.stalls import Decided
from geo.study import changing, now, touch
from geo.text import Text

_BESIDE_M = 1.5
"""A stretch that was decided on is the kerb this near to where it was."""


def decide_zone(path: Path, zone_id: str, accept: bool, reason: str, by: str = "") -> str:
    """
    Accept or reject a zone and record why, in one transaction.

    A rejected zone is forbidden kerb from then on, with the decision as its cause.

    Parameters
    ----------
    path
        The study.
    zone_id
        As in the layer `stall_zones`.
    accept
        Whether it is accepted.
    reason
        Why; it may not be empty.
    by
        Who decides.

    Returns
    -------
    decision_id

    Raises
    ------
    StudyError
        If there is no such zone, the reason is empty, or the study cannot be written. Nothing is changed then.
    """
    after = "accepted" if accept else "rejected"
    with changing(path) as connection:
        row = connection.execute(
            "SELECT z.status, z.street_id, s.name, z.geom FROM stall_zones z "
            "LEFT JOIN streets s ON s.street_id = z.street_id WHERE z.zone_id = ?",
            (zone_id,),
        ).fetchone()
        if row is None:
            raise StudyError(
                Text(f"没有摊区 {zone_id}", f"There is no zone {zone_id}"),
                Text("请重新计算摊区（jiexu stalls）后再试", "Compute the zones again (jiexu stalls), then try again"),
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
        for layer in ("stall_zones", "kerb_exclusions"):
            touch(connection, layer)
    return decision


def zone_decisions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions on zones that stand, the newest of each zone."""
    return standing_on(decisions, "zone").drop_duplicates("subject", keep="last")


def decided_on(decisions: pd.DataFrame, kerbs: Kerbs) -> Decided:
    """
    Return the stretches of kerb that standing decisions accepted or rejected, found by where they run.

    Parameters
    ----------
    decisions
        The study's table.
    kerbs
        Its kerbs as they are now.
    """
    zones = zone_decisions(decisions)
    if zones.empty or len(kerbs) == 0:
        return Decided.none()
    lines = metric_shapes(shapely.from_wkt(zones["part"].to_numpy(dtype=object)), kerbs.crs)
    around = shapely.buffer(lines, _BESIDE_M, cap_style="flat")
    reach = float(kerbs.half_m.max()) + _BESIDE_M
    asked, row = kerbs.tree.query(lines, predicate="dwithin", distance=reach)
    number, kerb, from_m, to_m = inside(kerbs, around[asked], row)
    zone = asked[number]
    # a kerb that crosses the place, or only touches its end, is another
    along = to_m - from_m > np.minimum(2 * _BESIDE_M, shapely.length(lines)[zone] / 2)
    zone, kerb, from_m, to_m = zone[along], kerb[along], from_m[along], to_m[along]
    cause = zones["decision_id"].to_numpy(dtype=object)[zone]
    every = Exclusions.of(kerb, from_m, to_m, "decisions", cause, (1 << 63) - 1)
    accepted = (zones["after"] == "accepted").to_numpy()[zone]
    return Decided(every.where(accepted), every.where(~accepted))
