"""The work on stalls, from and into the study file: plan, judge, guide."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from geo.check import OFF_STREET, VERDICTS, Answer, check, judge
from geo.cleaning import TIMEZONE
from geo.computed import Computed, kept_summary, kept_text, versions_of
from geo.crs import WGS84
from geo.displays import shop_displays
from geo.errors import StudyError
from geo.guide import Guidance, guide
from geo.kerb_plan import Ground
from geo.network import Network, walking
from geo.rules import Profile
from geo.schema import conform
from geo.stalls import Kind, Plan
from geo.study import (
    about,
    change_layers,
    changing,
    metric_crs_of,
    profile_of,
    read_layer,
    rule_facts,
    until_unchanged,
)
from geo.text import Text
from geo.zone_decisions import decided_on, zone_decisions
from geo.zones import Waterfall, exclusion_layer, fullest_slot, kerb_layer, waterfall, zone_layer

INPUTS: Final = ("roads", "facilities", "facility_areas", "context", "parking")
"""The layers that kerbs and their obstacles are made of."""

_DATED_BY: Final = (*INPUTS, "stalls")
_KEPT: Final = "stalls_computed"
"""The key of `about` under which a study keeps of what its plan was made, and what it said."""


def read_ground(path: Path, profile: Profile) -> Ground:
    """Return the kerbs of a study and what stands at them."""
    layers = {name: gpd.GeoDataFrame(read_layer(path, name), geometry="geometry", crs=WGS84) for name in INPUTS}
    return Ground.of(layers, metric_crs_of(path), profile)


def plan_of(path: Path, profile: Profile, kind: Kind = "stall", ground: Ground | None = None) -> Plan:
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
    return Plan(ground, profile, decided, kind)


def network_of(path: Path) -> Network:
    """Return the network on foot of a study."""
    roads, paths, facilities = (
        gpd.GeoDataFrame(read_layer(path, name), crs=WGS84) for name in ("roads", "paths", "facilities")
    )
    gates = facilities[facilities["kind"] == "closed_gate"]
    return walking(roads, paths, metric_crs_of(path), gates.get_coordinates().to_numpy())


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


def made_of(facts: Mapping[str, str], decisions: pd.DataFrame, layers: Sequence[str] = _DATED_BY) -> dict[str, str]:
    """
    Return what tells whether anything changed that a plan is made of: versions of layers, rules, decisions on zones.

    Parameters
    ----------
    facts
        What `about` says of the study.
    decisions
        Its table.
    layers
        What the plan is made of; by default one for stalls.
    """
    on_zones = zone_decisions(decisions)["decision_id"]
    return {**versions_of(facts, layers), "zone_decisions": ",".join(on_zones)}


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


def fall_document(fall: Waterfall) -> dict[str, Any]:
    """Return a waterfall as plain values."""
    steps = fall.steps.set_index("rule")
    return {
        "metres_lost": {str(rule): round(float(m), 1) for rule, m in steps["metres"].items()},
        "pitches_lost": {str(rule): int(count) for rule, count in steps["pitches"].items()},
        "sole_metres": {str(rule): round(float(m), 1) for rule, m in steps["sole_m"].items()},
        "free_m": round(fall.free_m, 1),
        "remnants_m": round(fall.remnants_m, 1),
        "pitches_at_moment": fall.pitches,
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


def check_place(path: Path, lon: float, lat: float, at: dt.datetime | None = None, kind: Kind = "stall") -> Answer:
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


def reasons_of(decisions: pd.DataFrame) -> dict[str, str]:
    """Return the reasons of decisions by their ids."""
    return dict(zip(decisions["decision_id"], decisions["reason"], strict=True))
