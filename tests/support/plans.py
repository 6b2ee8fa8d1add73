"""Plans of drawn streets, and places and moments to ask them about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import shapely

from geo.kerbs.ground import KerbGround
from geo.kerbs.lines import Kerbs
from geo.rules import Profile
from geo.stalls.plan import Plan
from geo.stalls.planning import make_plan
from tests.support.drawn import CRS, degrees, layers_of

DAYS = {day: dt.date(2026, 5, date) for day, date in (("Mo", 4), ("Tu", 5), ("Sa", 9), ("Su", 10))}


def moment(text: str) -> dt.datetime:
    """Return a moment that a case names by day and time."""
    day, clock = text.split()
    return dt.datetime.combine(DAYS[day], dt.time.fromisoformat(clock))


def kerbs_of(profile: Profile, *rows: Mapping[str, Any]) -> Kerbs:
    """Return the kerbs of drawn streets, as `tests.support.drawn.road` returns them."""
    return KerbGround.of(layers_of(rows), CRS, profile).kerbs


def plan_for(layers: dict[str, gpd.GeoDataFrame], profile: Profile, kind: str = "stall") -> Plan:
    return make_plan(KerbGround.of(layers, CRS, profile), profile, None, kind)  # type: ignore[arg-type]


def place_of(plan: Plan, at_m: float, side: str) -> tuple[float, float]:
    """Return longitude and latitude of a place at the drawn street's kerb."""
    half = float(plan.kerbs.half_m[0])
    point = degrees(shapely.Point(at_m, half if side == "left" else -half))
    return point.x, point.y
