"""Decisions about streets: append-only, and kept through every rebuild."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from rapidfuzz import process

from geo.errors import StudyError, writing
from geo.findings import Finding, findings_table
from geo.schema import GRADED
from geo.streets import normal_name
from geo.study import about, connect, geometry_of, now, read_layer
from geo.text import Text
from geo.tiers import TIER_COLUMNS, TIER_NAMES, decision_reason, tier_of

_COLUMNS = ("decision_id", "at", "by", "subject", "subject_name", "before", "after", "reason", "lon", "lat")


def find_street(path: Path, street: str) -> str:
    """
    Return the id of the street that has this id or name.

    Raises
    ------
    StudyError
        If no street has it (with the nearest names), or several have (with their ids).
    """
    streets = pd.DataFrame(read_layer(path, "streets").drop(columns="geometry"))
    if (streets["street_id"] == street).any():
        return street
    names = streets["name"].dropna().map(normal_name)
    matches = streets.loc[names.index[names == normal_name(street)]]
    if len(matches) == 1:
        return str(matches["street_id"].iloc[0])
    if len(matches) > 1:
        ids = ", ".join(f"{i} ({m:.0f} m)" for i, m in zip(matches["street_id"], matches["length_m"], strict=True))
        raise StudyError(
            Text(f"“{street}”对应 {len(matches)} 条街道", f"“{street}” is {len(matches)} streets"),
            Text(f"请用编号指定其一：{ids}", f"Name one by its id: {ids}"),
        )
    nearest = [str(streets["name"][i]) for _, _, i in process.extract(normal_name(street), names.to_dict(), limit=3)]
    raise StudyError(
        Text(f"没有名为“{street}”的街道", f"No street is called “{street}”"),
        Text(f"最相近的是：{'、'.join(nearest)}", f"The nearest names are {', '.join(nearest)}"),
    )


def decide_tier(path: Path, street_id: str, tier: str, reason: str, by: str = "") -> str:
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

    Returns
    -------
    decision_id

    Raises
    ------
    StudyError
        For an unknown tier or street, an empty reason, or a file that cannot be written.
    """
    chosen = tier if tier in GRADED else tier_of(tier)
    if chosen is None:
        raise StudyError(
            Text(f"没有等级“{tier}”", f"There is no tier “{tier}”"),
            Text(f"请选择 {'、'.join(TIER_NAMES[t].zh for t in GRADED)}", f"Choose one of {', '.join(GRADED)}"),
        )
    if not reason.strip():
        raise StudyError(Text("没有写理由", "The reason is empty"), Text("请写明理由", "Say why"))
    about(path)
    at = now()
    with writing(path), connect(path, write=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute("SELECT name, tier, geom FROM streets WHERE street_id = ?", (street_id,)).fetchone()
        if row is None:
            connection.execute("ROLLBACK")
            raise StudyError(
                Text(f"没有编号为 {street_id} 的街道", f"No street has the id {street_id}"),
                Text("请刷新页面后重试", "Reload the page and try again"),
            )
        name, before, blob = row
        anchor = _anchor(blob)
        decision = _next_id(connection.execute("SELECT decision_id FROM decisions").fetchall())
        values = (decision, _stamp(at), by, street_id, name, before, chosen, reason.strip(), anchor.x, anchor.y)
        marks = ", ".join("?" * len(_COLUMNS))
        quoted = ", ".join(f'"{column}"' for column in _COLUMNS)
        connection.execute(f"INSERT INTO decisions ({quoted}) VALUES ({marks})", values)  # noqa: S608
        change = (chosen, "manual", decision_reason(reason.strip(), by, pd.Timestamp(at)), 1.0, street_id)
        assignments = ", ".join(f"{column} = ?" for column in TIER_COLUMNS)
        for layer in ("streets", "roads"):
            connection.execute(f"UPDATE {layer} SET {assignments} WHERE street_id = ?", change)  # noqa: S608
        for layer in ("streets", "roads", "decisions"):
            connection.execute("UPDATE about SET value = ? WHERE key = ?", (secrets.token_hex(6), f"version:{layer}"))
        connection.execute("COMMIT")
    return decision


def _next_id(existing: list[tuple[str]]) -> str:
    return f"D{max((int(decision.removeprefix('D')) for (decision,) in existing), default=0) + 1:04d}"


def _stamp(at: dt.datetime) -> str:
    """Write a time as GeoPackage does."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _anchor(blob: bytes) -> shapely.Point:
    return shapely.line_interpolate_point(shapely.get_geometry(geometry_of(blob), 0), 0.5, normalized=True)


def reapply(
    streets: gpd.GeoDataFrame, decisions: pd.DataFrame, crs: pyproj.CRS, within_m: float
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Put the decisions over the tiers of streets that were built anew.

    A decision belongs to the street with its id and name; else to the nearest street of that name, else (for an unnamed
    street, or one that OSM renamed) to the one with its id, within `within_m` of where it was taken.

    Parameters
    ----------
    streets
        `street_id`, `name`, `TIER_COLUMNS` and geometry in WGS 84.
    decisions
        The table `decisions`.
    crs
        The study's metric CRS.
    within_m
        The rule `streets.reattach_within`, in metres.

    Returns
    -------
    streets
        With `tier_source` "manual" where the newest decision on a street says so.
    findings
        One for each decision that fits no street any more; the decision itself stays.
    """
    result = streets.copy(deep=False)
    lost: list[Finding] = []
    if len(decisions):
        newest = decisions.sort_values("at").drop_duplicates("subject", keep="last")
        rows = _streets_of(newest, streets, crs, within_m)
        for column in TIER_COLUMNS:
            result[column] = result[column].astype(object)
        fits = newest[rows >= 0]
        where = result.index[rows[rows >= 0]]
        result.loc[where, "tier"] = fits["after"].to_numpy()
        result.loc[where, "tier_source"] = "manual"
        result.loc[where, "tier_confidence"] = 1.0
        result.loc[where, "tier_reason"] = [
            decision_reason(reason, by or "", at)
            for reason, by, at in zip(fits["reason"], fits["by"], fits["at"], strict=True)
        ]
        result["tier_confidence"] = result["tier_confidence"].astype(float)
        lost = [
            Finding(
                None,
                "subject",
                Text(
                    f"决定 {decision} 的街道“{name or subject}”已不在地图上",
                    f"“{name or subject}”, the street of decision {decision}, is gone",
                ),
                Text(
                    "决定仍保留；请重新指定街道",
                    "The decision is kept; decide again for the street that took its place",
                ),
            )
            for decision, subject, name in newest.loc[rows < 0, ["decision_id", "subject", "subject_name"]].itertuples(
                index=False
            )
        ]
    return result, findings_table("decisions", lost, "decisions")


def _streets_of(decisions: pd.DataFrame, streets: gpd.GeoDataFrame, crs: pyproj.CRS, within_m: float) -> np.ndarray:
    """Return the position of each decision's street, -1 where none fits."""
    lines = streets.geometry.to_crs(crs).to_numpy()
    anchors = gpd.GeoSeries.from_xy(decisions["lon"], decisions["lat"], crs=4326).to_crs(crs).to_numpy()
    names = streets["name"].fillna("").map(normal_name).to_numpy()
    position = pd.Index(streets["street_id"]).get_indexer(pd.Index(decisions["subject"]))
    found = np.full(len(decisions), -1)
    # decisions are few: one look per decision is clearer than a join
    for i, (name, anchor) in enumerate(zip(decisions["subject_name"].fillna(""), anchors, strict=True)):
        same_id, same_name = position[i], np.flatnonzero(names == normal_name(name)) if name else np.array([], int)
        if same_id >= 0 and names[same_id] == normal_name(name):
            found[i] = same_id
            continue
        candidates = same_name if len(same_name) else np.array([same_id] if same_id >= 0 else [], int)
        if len(candidates):
            distance = shapely.distance(lines[candidates], anchor)
            if distance.min() <= within_m:
                found[i] = candidates[distance.argmin()]
    return found
