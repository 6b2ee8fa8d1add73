"""The work on parking bays, from and into the study file, and as drawings and schedules for engineers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geo.bay_room import BayHours, BayRoom
from geo.bays import place_bays, without_overlap
from geo.crs import WGS84
from geo.errors import StudyError, writing
from geo.export import credit_line, export_layer, table_file
from geo.kerb_plan import Ground
from geo.mapped_parking import agreement_document, compare
from geo.planar import metric_shapes
from geo.rules import Profile
from geo.schema import conform_geo
from geo.stall_study import fall_document, read_ground
from geo.study import about, change_layers, metric_crs_of, profile_of, read_layer, until_unchanged
from geo.text import Text
from geo.zone_decisions import decided_on
from geo.zones import Waterfall, waterfall

SPREADS: Final = {"low": -1.0, "likely": 0.0, "high": 1.0}
"""Which way the widths that no tag says are off."""


class BayStudy:
    """
    The rooms for bays of a study, by hours and width.

    Parameters
    ----------
    path
        The study.
    profile
        The rules.
    ground
        Its kerbs, where they are known already.
    """

    def __init__(self, path: Path, profile: Profile, ground: Ground | None = None) -> None:
        self.profile, self.ground = profile, ground or read_ground(path, profile)
        self._rooms: dict[tuple[BayHours, float], BayRoom] = {}
        crs = metric_crs_of(path)
        roads, context = self.ground.kerbs.roads, read_layer(path, "context")
        scores = pd.DataFrame(read_layer(path, "street_scores")).set_index("street_id")["traffic"]
        self._traffic = roads["street_id"].map(scores).fillna(0.0).to_numpy(dtype=float)
        self._rails, self.buildings = (
            metric_shapes(context.loc[context["kind"] == kind, "geometry"].to_numpy(dtype=object), crs)
            for kind in ("tram", "building")
        )
        self._kept = decided_on(read_layer(path, "decisions"), self.ground.kerbs).accepted
        defaults = (roads["width_source"] == "default").to_numpy()
        self._guessed = np.repeat(defaults, 2) & ~self.ground.kerbs.mapped

    def room(self, hours: BayHours, off: float = 0.0) -> BayRoom:
        """Return where there is room; `off` says which way guessed widths are off (`SPREADS`)."""
        if (hours, off) not in self._rooms:
            widths = np.where(self._guessed, 1 + off * float(self.profile["roads.width.spread"]), 1.0)
            self._rooms[hours, off] = BayRoom(
                self.ground, self.profile, hours, self._traffic, self._rails, self._kept, widths
            )
        return self._rooms[hours, off]

    def bays(self, night: bool) -> tuple[gpd.GeoDataFrame, BayRoom]:
        """Return the bays of all day and, at night, those that fit only then; and the room of all day."""
        room = self.room("all_day")
        bays = place_bays(room, self.buildings)
        if not night:
            return bays, room
        late = place_bays(self.room("night"), self.buildings)
        late = late[without_overlap(bays, late)]
        both = gpd.GeoDataFrame(pd.concat([bays, late], ignore_index=True), geometry="geometry", crs=WGS84)
        return conform_geo(both, "bays"), room

    def capacity(self, hours: BayHours) -> dict[str, int]:
        """Return how many bays fit if guessed widths are too wide, right, or too narrow."""
        return {name: int(self.room(hours, off).zones.pitches.sum()) for name, off in SPREADS.items()}


def plan_bays(
    path: Path, profile: Profile | None = None, street_ids: Sequence[str] | None = None, night: bool = False
) -> dict[str, Any]:
    """
    Place bays and write the layer `bays` into the study.

    Parameters
    ----------
    path
        The study.
    profile
        The rules; by default the study's.
    street_ids
        Only on these streets; by default on all.
    night
        Whether night-time bays are placed too, where there is no room by day.

    Returns
    -------
    summary
        `profile`, `bays` (`all_day`, `night`), `capacity` (by hours, `low`, `likely` and `high`), `per_tier`,
        `streets` (with bays), `width_source` (bays by where their width comes from), and what the rules take of the
        kerb by day: `metres_lost`, `bays_lost`, `sole_metres`, `free_m`; and `agreement` with the parking that is
        mapped: `metres` and `cars`, `precision`, `recall`, `kerbs_mapped` of `kerbs`.
    """

    def work() -> dict[str, Any]:
        seen = about(path)
        rules = profile or profile_of(path)
        study = BayStudy(path, rules)
        bays, room = study.bays(night)
        counted = None
        if street_ids is not None:
            bays = bays[bays["street_id"].isin(street_ids)].reset_index(drop=True)
            counted = room.on_streets(street_ids)
        areas = gpd.GeoDataFrame(read_layer(path, "facility_areas"), crs=WGS84)
        agreement = compare(room, areas)
        change_layers(path, {"bays": bays, "parking_differences": agreement.differences}, seen)
        fall = waterfall(room, 0, counted)
        capacity = {"all_day": study.capacity("all_day")} | ({"night": study.capacity("night")} if night else {})
        return {**_summary(rules, bays, capacity, fall), "agreement": agreement_document(agreement)}

    return until_unchanged(work)


def _summary(
    rules: Profile, bays: pd.DataFrame, capacity: dict[str, dict[str, int]], fall: Waterfall
) -> dict[str, Any]:
    def counts(column: str) -> dict[str, int]:
        return {str(value): int(count) for value, count in bays[column].value_counts().items()}

    hours = counts("hours")
    falls = fall_document(fall)
    return {
        "profile": {"name": rules.name, "hash": rules.hash},
        "bays": {"all_day": hours.get("all_day", 0), "night": hours.get("night", 0)},
        "accessible": int(bays["accessible"].sum()),
        "capacity": capacity,
        "per_tier": counts("tier"),
        "streets": int(bays["street_id"].nunique()),
        "width_source": counts("width_source"),
        "kerb_km": round(fall.kerb_m / 1000, 3),
        "metres_lost": falls["metres_lost"],
        "bays_lost": falls["pitches_lost"],
        "sole_metres": falls["sole_metres"],
        "free_m": falls["free_m"],
    }


def schedule(bays: pd.DataFrame, streets: pd.DataFrame) -> pd.DataFrame:
    """
    Return the schedule of bays by street (泊位明细表): `street_id`, `name`, `tier`, `all_day`, `night`, `accessible`,
    `orientation`, `width_source`, `rules`; the most bays first.
    """
    names = streets.set_index("street_id")["name"]
    groups = bays.groupby("street_id", sort=True)
    table = pd.DataFrame(
        {
            "tier": groups["tier"].first(),
            "all_day": groups["hours"].agg(lambda hours: int((hours == "all_day").sum())),
            "night": groups["hours"].agg(lambda hours: int((hours == "night").sum())),
            "accessible": groups["accessible"].sum(),
            "orientation": groups["orientation"].agg(_distinct),
            "width_source": groups["width_source"].agg(_distinct),
            "rules": groups["rules"].agg(_distinct),
        }
    )
    table.insert(0, "name", table.index.map(names))
    order = (table["all_day"] + table["night"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index()


def _distinct(values: pd.Series) -> str:
    return ", ".join(sorted(dict.fromkeys(values)))


def write_bays(path: Path, to: Path) -> int:
    """
    Write a study's bays to a file: a DXF drawing in the metric CRS with a layer for each type of bay, an XLSX schedule
    by street, or the layer in any format of `geo.export`.

    Returns
    -------
    rows
        How many bays, or streets of a schedule.

    Raises
    ------
    StudyError
        If there are no bays, or the file cannot be written.
    """
    bays = gpd.GeoDataFrame(read_layer(path, "bays"), crs=WGS84)
    if bays.empty:
        raise StudyError(
            Text("研究中没有泊位", "The study has no bays"), Text("请先运行 jiexu bays", "Place them first: jiexu bays")
        )
    suffix = to.suffix.lower()
    if suffix == ".xlsx":
        table = schedule(bays, pd.DataFrame(read_layer(path, "streets").drop(columns="geometry")))
        with writing(to):
            to.write_bytes(table_file(table, ".xlsx", "bays", credit_line(path, "bays")))
        return len(table)
    if suffix == ".dxf":
        metric = bays.to_crs(metric_crs_of(path))
        names = "BAY_" + bays["hours"].str.upper() + "_" + bays["orientation"].str.upper()
        names = names.where(~bays["accessible"], names + "_ACCESSIBLE")
        drawing = gpd.GeoDataFrame({"Layer": names}, geometry=metric.geometry, crs=metric.crs)
        with writing(to):
            pyogrio.write_dataframe(drawing, to, driver="DXF", layer="entities")
            to.with_name(to.name + ".credit.txt").write_text(credit_line(path, "bays") + "\n", encoding="utf-8")
        return len(drawing)
    return export_layer(path, "bays", to)
