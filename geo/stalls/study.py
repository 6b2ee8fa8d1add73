"""The work on stalls, from and into the study file: plan, judge, guide."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.kerbs.decided import decided_on, made_of, reasons_of
from geo.kerbs.ground import INPUTS, KerbGround, read_ground
from geo.kerbs.waterfall import fall_document, waterfall
from geo.network.walking import network_of
from geo.points.cleaning import TIMEZONE
from geo.rules import Profile
from geo.stalls.displays import shop_displays
from geo.stalls.layers import exclusion_layer, fullest_slot, kerb_layer, zone_layer
from geo.stalls.plan import Plan, UseKind
from geo.stalls.planning import make_plan
from geo.stalls.relocation import Guidance, guide
from geo.stalls.verdicts import OFF_STREET, VERDICTS, Answer, check, judge
from geo.study.file import (
    about,
    change_layers,
    changing,
    profile_of,
    read_layer,
    rule_facts,
    until_unchanged,
)
from geo.study.results import Computed, kept_summary, kept_text
from geo.study.schema import conform

_DATED_BY: Final = (*INPUTS, "stalls")


_KEPT: Final = "stalls_computed"
"""The key of `about` under which a study keeps of what its plan was made, and what it said."""


def plan_of(path: Path, profile: Profile, kind: UseKind = "stall", ground: KerbGround | None = None) -> Plan:
    """
    Return the plan of a study's kerbs under rules, with the decisions on its zones.

    Parameters
    ----------
    path
        The study.
    profile
        The rules.
    kind
        Stalls, or displays outside shops.
    ground
        As `read_ground` returns, where it is known already.
    """
    ground = ground or read_ground(path, profile)
    # decisions are on zones for stalls
    decided = decided_on(read_layer(path, "decisions"), ground.kerbs) if kind == "stall" else None
    return make_plan(ground, profile, decided, kind)


def plan_stalls(path: Path, profile: Profile | None = None) -> dict[str, Any]:
    """
    Compute kerbs, exclusions, zones and displays, judge the stalls, and write all of it into the study at once.

    Parameters
    ----------
    path
        The study.
    profile
        The rules, which are the study's from then on; by default those that it has.

    Returns
    -------
    summary
        As `summary_of`.

    Raises
    ------
    StudyError
        If the study cannot be written. It is untouched then.
    """
    return until_unchanged(lambda: _plan_stalls(path, profile or profile_of(path)))


def _plan_stalls(path: Path, profile: Profile) -> dict[str, Any]:
    seen = about(path)
    ground = read_ground(path, profile)
    plan = plan_of(path, profile, "stall", ground)
    stalls = gpd.GeoDataFrame(read_layer(path, "stalls"), crs=WGS84)
    judged = judge(plan, stalls)
    stalls["verdict"], stalls["reasons"] = judged.verdict, judged.reasons
    facilities, context = (gpd.GeoDataFrame(read_layer(path, name), crs=WGS84) for name in ("facilities", "context"))
    layers = {
        "kerbs": kerb_layer(plan),
        "kerb_exclusions": exclusion_layer(plan),
        "stall_zones": zone_layer(plan),
        "shop_displays": shop_displays(plan_of(path, profile, "display", ground), facilities, context),
        "stalls": stalls,
        "moves": conform(pd.DataFrame(), "moves"),
    }
    summary = summary_of(plan, layers["stall_zones"], stalls, layers["shop_displays"])
    facts = rule_facts(profile)
    change_layers(path, layers, seen, {**facts, _KEPT: json.dumps(summary)})
    # as it stands after the change: layers that this wrote have new versions
    kept = kept_text(summary, made_of(about(path), read_layer(path, "decisions")))
    with changing(path) as connection:
        connection.execute("UPDATE about SET value = ? WHERE key = ?", (kept, _KEPT))
    return summary


def summary_of(plan: Plan, zones: pd.DataFrame, stalls: pd.DataFrame, displays: pd.DataFrame) -> dict[str, Any]:
    """
    Return what a plan comes to: what `jiexu stalls --json` prints.

    Returns
    -------
    summary
        `profile`, `kerb_km`, `zones`, `pitches`, `moment` (when most pitches may be used), `metres_lost` and
        `pitches_lost` by rule at that moment, each of what the rules before it left, `sole_metres` (what each alone
        forbids), `free_m`, `remnants_m`, `per_tier` (zones and pitches), `stalls` by verdict, `displays`.
    """
    slot = fullest_slot(plan)
    fall = waterfall(plan, slot)
    verdicts = stalls["verdict"].value_counts()
    tiers = zones.groupby("tier")["pitches"].agg(["size", "sum"])
    return {
        "profile": {"name": plan.profile.name, "hash": plan.profile.hash},
        "kerb_km": round(fall.kerb_m / 1000, 3),
        "zones": len(zones),
        "pitches": int(zones["pitches"].sum()),
        "moment": plan.slots.text(1 << slot),
        **fall_document(fall),
        "per_tier": {
            str(tier): {"zones": int(row["size"]), "pitches": int(row["sum"])} for tier, row in tiers.iterrows()
        },
        "stalls": {verdict: int(verdicts.get(verdict, 0)) for verdict in (*VERDICTS, OFF_STREET)},
        "displays": int((displays["length_m"] > 0).sum()),
    }


def computed(facts: Mapping[str, str], decisions: pd.DataFrame) -> Computed:
    """Return what a study knows of its plan, and whether that is up to date; as `made_of` takes them."""
    return kept_summary(facts.get(_KEPT), made_of(facts, decisions))


def guide_stalls(path: Path) -> Guidance:
    """
    Guide the stalls that stand in the way to zones and halls with room, and write `moves` into the study.

    Where the study has no plan yet, or one of before something changed, it is made first.

    Raises
    ------
    StudyError
        If the study cannot be written, or has no stalls.
    """
    if not computed(about(path), read_layer(path, "decisions")).fresh:
        plan_stalls(path)

    def work() -> Guidance:
        seen = about(path)
        stalls = gpd.GeoDataFrame(read_layer(path, "stalls"), crs=WGS84)
        if stalls.empty:
            raise StudyError(
                Text("研究中没有摊点", "The study has no stalls"),
                Text("请先导入摊点（jiexu add --kind stalls）", "Import them first: jiexu add --kind stalls"),
            )
        plan = plan_of(path, profile_of(path))
        facilities = gpd.GeoDataFrame(read_layer(path, "facilities"), crs=WGS84)
        found = guide(plan, judge(plan, stalls), stalls, facilities, network_of(path))
        change_layers(path, {"moves": conform(found.moves, "moves")}, seen)
        return found

    return until_unchanged(work)


def check_place(path: Path, lon: float, lat: float, at: dt.datetime | None = None, kind: UseKind = "stall") -> Answer:
    """
    Say whether a stall or a display may stand at a place at a moment, under the study's rules.

    Parameters
    ----------
    path
        The study.
    lon, lat
        In degrees, WGS 84.
    at
        The moment, on the study's own clock; by default now.
    kind
        Stall or display.

    Raises
    ------
    InputError
        For a place that is at no street of the study.
    """
    plan = plan_of(path, profile_of(path), kind)
    moment = at or dt.datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None)
    return check(plan, lon, lat, moment, lambda: network_of(path), reasons_of(read_layer(path, "decisions")))
