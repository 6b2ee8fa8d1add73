"""Decisions are kept through every rebuild: each is put back on its street, by name and by where it runs."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.name_matching import street_key
from geo.core.text import Text, pick
from geo.rules.loader import Profile
from geo.streets.sections import Carving, carve, part_mask, root_of
from geo.study.decisions import street_of
from geo.study.findings import Finding, findings_table
from geo.tiers.columns import TIER_COLUMNS, decision_reason
from geo.tiers.decisions import counting_decisions


class Decided(NamedTuple):
    """
    Segments with the sections that decisions concern.

    Attributes
    ----------
    carving
        As `geo.streets.sections.carve` returns.
    units
        Of each decision on a section that was found again: the section's id.
    parents
        Of each section that decisions made: the id of the street or section that it was taken from.
    """

    carving: Carving
    units: dict[str, str]
    parents: dict[str, str]


def carve_decided(
    carving: Carving,
    roads: gpd.GeoDataFrame,
    whole: gpd.GeoDataFrame,
    decisions: pd.DataFrame,
    crs: pyproj.CRS,
    profile: Profile,
) -> Decided:
    """
    Take the sections that standing decisions concern out of their streets, by where they ran.

    Parameters
    ----------
    carving
        What the official list took out.
    roads
        All segments, in WGS 84, with `street_id` of whole streets.
    whole
        Whole streets: `street_id`, `name`, `aliases` and geometry.
    decisions
        The table `decisions`; `part` has the lines of a section (WKT).
    crs
        The study's metric CRS.
    profile
        `streets.reattach_within`, `streets.part_within`.
    """
    counting = counting_decisions(decisions)
    counting = counting[counting["part"].notna()]
    units: dict[str, str] = {}
    parents: dict[str, str] = {}
    if len(counting):
        rows = _streets_of(counting, whole, crs, profile["streets.reattach_within"])
        for position, number, label, part in zip(
            rows, counting["decision_id"], counting["section"], counting["part"], strict=True
        ):
            if position < 0:
                continue
            of_street = np.flatnonzero(roads["street_id"] == whole["street_id"].iloc[position])
            shape = shapely.from_wkt(part)
            inside = part_mask(roads.iloc[of_street], shape, crs, profile["streets.part_within"])
            if not inside.any():
                continue
            mask = np.zeros(len(roads), dtype=bool)
            mask[of_street[inside]] = True
            ids = carving.street_id[mask]
            if ids.nunique() == 1 and (carving.street_id == ids.iloc[0]).to_numpy()[~mask].sum() == 0:
                units[number] = ids.iloc[0]  # it is a section already
                continue
            before = carving.street_id
            carving = carve(before, [(mask, label or "")], carving.labels)
            units[number] = carving.street_id[mask].iloc[0]
            longest = roads.loc[mask, "length_m"].groupby(before[mask]).sum().idxmax()
            parents[units[number]] = parents.get(longest, longest)
    return Decided(carving, units, parents)


class Reapplied(NamedTuple):
    """
    Streets with the decisions over their tiers.

    Attributes
    ----------
    streets
        With `tier_source` "manual" where the newest standing decision on a street says so.
    decisions
        With the `street_id` that each belongs to now.
    findings
        One for each decision that fits no street any more; the decision itself stays.
    """

    streets: gpd.GeoDataFrame
    decisions: pd.DataFrame
    findings: pd.DataFrame


def reapply(
    streets: gpd.GeoDataFrame,
    whole: gpd.GeoDataFrame,
    decisions: pd.DataFrame,
    units: dict[str, str],
    crs: pyproj.CRS,
    profile: Profile,
) -> Reapplied:
    """
    Put the decisions over the tiers of streets that were built anew.

    A decision belongs to the street with its id and name; else to the nearest street of that name, else (for an unnamed
    street, or one that OSM renamed) to the one with its id, within `streets.reattach_within` of where it was taken. One
    on a section belongs to what `carve_decided` found in its place; one on a whole street holds for all its sections.

    Parameters
    ----------
    streets
        `street_id` (sections apart), `name`, `TIER_COLUMNS` and geometry in WGS 84.
    whole
        Whole streets: `street_id`, `name`, `aliases` and geometry.
    decisions
        The table `decisions`.
    units
        As `carve_decided` returns.
    crs
        The study's metric CRS.
    profile
        `streets.reattach_within`.

    Returns
    -------
    reapplied
    """
    result = streets.copy(deep=False)
    lost: list[Finding] = []
    now_at: dict[str, str] = {}
    counting = counting_decisions(decisions)
    if len(counting):
        rows = _streets_of(counting, whole, crs, profile["streets.reattach_within"])
        for column in TIER_COLUMNS:
            result[column] = result[column].astype(object)
        roots = root_of(streets["street_id"])
        for position, decision in zip(rows, counting.itertuples(), strict=True):
            if decision.part is not None:
                where = streets["street_id"] == units.get(decision.decision_id, "")
            else:
                where = roots == (whole["street_id"].iloc[position] if position >= 0 else "")
            if not where.any():
                lost.append(_lost(decision.decision_id, decision.subject_name or decision.subject, decision.section))
                continue
            # of a street in sections, what is left of it bears the street's own id
            now_at[decision.decision_id] = min(streets.loc[where, "street_id"])
            result.loc[where, "tier"] = decision.after
            result.loc[where, "tier_source"] = "manual"
            result.loc[where, "tier_confidence"] = 1.0
            result.loc[where, "tier_reason"] = decision_reason(decision.reason, decision.by or "", decision.at)
        result["tier_confidence"] = result["tier_confidence"].astype(float)
    return Reapplied(result, _moved(decisions, now_at), findings_table("decisions", lost, "decisions"))


def _moved(decisions: pd.DataFrame, now_at: dict[str, str]) -> pd.DataFrame:
    """
    Return the decisions with the street that each belongs to now: all of a street's go where the counting one went.
    """
    street = street_of(decisions)
    moved = {street[row]: now_at[number] for row, number in decisions["decision_id"].items() if number in now_at}
    return decisions.assign(street_id=street.map(lambda before: moved.get(before, before)).astype(object))


def _lost(number: str, name: str, section: str | None) -> Finding:
    zh, en = (pick(section, "zh"), f" {pick(section, 'en')}") if section else ("", "")
    return Finding(
        None,
        "subject",
        Text(
            f"决定 {number} 的街道“{name}”{zh}已不在地图上",
            f"“{name}”{en}, the street of decision {number}, is gone",
        ),
        Text("决定仍保留；请重新指定街道", "The decision is kept; decide anew for the street in its place"),
    )


def _streets_of(
    decisions: pd.DataFrame, streets: gpd.GeoDataFrame, crs: pyproj.CRS, within_m: float
) -> NDArray[np.int64]:
    """Return the position of each decision's whole street, -1 where none fits."""
    lines = streets.geometry.to_crs(crs).to_numpy()
    places = gpd.GeoSeries.from_xy(decisions["lon"], decisions["lat"], crs=4326).to_crs(crs).to_numpy()
    keys = streets["name"].fillna("").map(street_key).to_numpy()
    position = pd.Index(streets["street_id"]).get_indexer(pd.Index(root_of(street_of(decisions))))
    found = np.full(len(decisions), -1)
    # decisions are few: one look per decision is clearer than a join
    for i, (name, place) in enumerate(zip(decisions["subject_name"].fillna(""), places, strict=True)):
        key = street_key(name)
        same_id, same_name = position[i], np.flatnonzero(keys == key) if name else np.array([], int)
        if same_id >= 0 and keys[same_id] == key:
            found[i] = same_id
            continue
        candidates = same_name if len(same_name) else np.array([same_id] if same_id >= 0 else [], int)
        if len(candidates):
            distance = shapely.distance(lines[candidates], place)
            if distance.min() <= within_m:
                found[i] = candidates[distance.argmin()]
    return found
