"""The work on stalls, from and into the study file: plan, judge, guide."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.jobs import progress
from geo.kerbs.decided import decided_on, reasons_of
from geo.kerbs.exclusions import holds
from geo.kerbs.ground import GROUND, KerbGround, read_ground
from geo.kerbs.waterfall import fall_document, waterfall
from geo.network.on_foot import WALKING, network_of
from geo.rules.documents import basis_document, profile_document
from geo.rules.loader import Profile
from geo.stalls.demand import DEMAND, read_demand
from geo.stalls.displays import shop_displays
from geo.stalls.documents import RelocationDocument, StallsDocument
from geo.stalls.judging import judge
from geo.stalls.layers import exclusion_layer, fullest_slot, kerb_layer, place_layer, zone_layer
from geo.stalls.places import conflicts_of, places_document
from geo.stalls.plan import Plan, UseKind
from geo.stalls.planning import make_plan
from geo.stalls.relocation import Guidance, guide
from geo.stalls.supply import demand_document
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OFF_STREET, OTHER_HOURS, Answer, check
from geo.study.file import rule_facts
from geo.study.reader import Study, on_study, open_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.rights import requires
from geo.study.schema import conform, conform_geo

PLAN: Final = (
    GROUND
    | DEMAND
    | MadeOf(decisions=("zone",), rules=("stalls", "display", "fire_lane", "clearance_hours", "pavement"))
)
"""The inputs of a plan of the kerbs for stalls or displays."""

STALLS: Final[Result[StallsDocument]] = Result(
    "stalls",
    Text("疏导点", "Zones for stalls"),
    PLAN | MadeOf(rules=("articles.zone",)),
    ("kerbs", "kerb_exclusions", "stall_zones", "stall_places", "shop_displays", "stalls", "moves"),
)
RELOCATION: Final[Result[RelocationDocument]] = Result(
    "relocation",
    Text("摊位去向", "Relocation"),
    PLAN | WALKING | MadeOf(rules=("guide",)),
    ("moves",),
)


def stall_plan(study: Study, profile: Profile, kind: UseKind = "stall", ground: KerbGround | None = None) -> Plan:
    """
    Return the plan of a study's kerbs under rules, with the decisions on its zones.

    Parameters
    ----------
    study
        The study.
    profile
        The rules.
    kind
        Stalls, or displays outside shops.
    ground
        As `geo.kerbs.ground.read_ground` returns, where it is known already.
    """
    ground = ground or read_ground(study, profile)
    # decisions and demand are of stalls
    if kind == "display":
        return make_plan(ground, profile, None, kind)
    decided = decided_on(study.decisions("zone"), ground.kerbs)
    return make_plan(ground, profile, decided, kind, read_demand(study))


@requires("decide")
@on_study
def plan_stalls(study: Study, profile: Profile | None = None) -> StallsDocument:
    """
    Compute kerbs, exclusions, zones and displays, judge the stalls, and write all of it into the study at once.

    Parameters
    ----------
    study
        The study, or its path.
    profile
        The rules, which are the study's from then on; by default those that it has.

    Returns
    -------
    summary
        The plan's figures.

    Raises
    ------
    StudyError
        If the study cannot be written. It is untouched then.
    """
    rules = profile or study.profile
    progress.step("读取路缘", "Read the kerbs", 1, 5)
    ground = read_ground(study, rules)
    progress.step("规划疏导点", "Plan the zones", 2, 5)
    plan = stall_plan(study, rules, "stall", ground)
    stalls = study.layer("vendors")
    progress.step("评定摊位", "Judge the stalls", 3, 5)
    judged = judge(plan, stalls)
    stalls["verdict"], stalls["reasons"] = judged.verdict, judged.reasons
    stalls = conform_geo(stalls, "stalls")
    progress.step("生成图层", "Make the layers", 4, 5)
    conflicts = conflicts_of(plan, plan.places)
    layers = {
        "kerbs": kerb_layer(plan),
        "kerb_exclusions": exclusion_layer(plan),
        "stall_zones": zone_layer(plan),
        "shop_displays": shop_displays(
            stall_plan(study, rules, "display", ground), study.layer("facilities"), study.layer("context")
        ),
        "stalls": stalls,
        "stall_places": place_layer(plan, conflicts),
        "moves": conform(pd.DataFrame(), "moves"),
    }
    summary = _summary(plan, layers["stall_zones"], stalls, layers["shop_displays"], conflicts)
    progress.step("写入研究文件", "Write the study", 5, 5)
    STALLS.keep(
        study,
        summary,
        layers,
        command_of("stalls", study, rules=profile and profile.name),
        rule_facts(rules) if profile else None,
    )
    return summary


def _summary(
    plan: Plan, zones: pd.DataFrame, stalls: pd.DataFrame, displays: pd.DataFrame, conflicts: pd.DataFrame
) -> StallsDocument:
    """Return the figures of a plan."""
    slot = fullest_slot(plan)
    fall = waterfall(plan, slot)
    verdicts = stalls["verdict"].value_counts()
    tiers = zones.groupby("tier")["pitches"].agg(["size", "sum"])
    levels = {"low": "pitches_low", "likely": "pitches", "high": "pitches_high"}
    sums = {level: int(zones[column].sum()) for level, column in levels.items()}
    return {
        "profile": profile_document(plan.profile),
        "kerb_km": round(fall.kerb_m / 1000, 3),
        "zones": len(zones),
        "pitches": {"low": sums["low"], "likely": sums["likely"], "high": sums["high"]},
        "pitches_geometric": int(zones["pitches_geometric"].sum()),
        "capped_by": plan.supply.taken,
        "longest_row": int(zones["row_pitches"].max()) if len(zones) else 0,
        "likely_at_moment": int(plan.supply.likely[holds(plan.zones.mask, slot)].sum()),
        "demand": demand_document(plan),
        "stall_places": places_document(plan.places, conflicts),
        "moment": plan.slots.text(1 << slot),
        **fall_document(fall),
        "per_tier": {
            str(tier): {"zones": int(row["size"]), "pitches": int(row["sum"])} for tier, row in tiers.iterrows()
        },
        "stalls": {
            "allowed": int(verdicts.get(ALLOWED, 0)),
            "other_hours": int(verdicts.get(OTHER_HOURS, 0)),
            "forbidden": int(verdicts.get(FORBIDDEN, 0)),
            "off_street": int(verdicts.get(OFF_STREET, 0)),
        },
        "displays": int((displays["length_m"] > 0).sum()),
        "basis": basis_document(plan.profile.basis("zone")),
    }


@requires("decide")
def guide_stalls(study: Study | Path) -> Guidance:
    """
    Guide the stalls that stand in the way to zones and halls with room, and write `moves` into the study.

    Where the study has no plan yet, or one of before something changed, it is made first.

    Parameters
    ----------
    study
        The study, or its path.

    Raises
    ------
    StudyError
        If the study cannot be written, or has no stalls.
    """
    opened = open_study(study)
    progress.step("计算疏导点", "Compute the zones", 1, 3)
    if not STALLS.known(opened).fresh:
        progress.within(plan_stalls, opened)
    return _guide(opened)


@on_study
def _guide(study: Study) -> Guidance:
    stalls = study.layer("vendors")
    if stalls.empty:
        raise StudyError(
            Text("研究中没有摊位", "The study has no stalls"),
            Text("请先导入摊位（jiexu add --kind stalls）", "Import them first: jiexu add --kind stalls"),
        )
    progress.step("安排摊位去向", "Relocate the stalls", 2, 3)
    plan = stall_plan(study, study.profile)
    found = guide(plan, judge(plan, stalls), stalls, study.layer("facilities"), network_of(study))
    summary: RelocationDocument = {"moved": int((found.moves["to_kind"] != "none").sum()), "moves": len(found.moves)}
    progress.step("写入研究文件", "Write the study", 3, 3)
    RELOCATION.keep(study, summary, {"moves": conform(found.moves, "moves")}, command_of("guide", study))
    return found


@on_study
def check_place(study: Study, lon: float, lat: float, at: dt.datetime | None = None, kind: UseKind = "stall") -> Answer:
    """
    Say whether a stall or a display may stand at a place at a moment, under the study's rules.

    Parameters
    ----------
    study
        The study, or its path.
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
    plan = stall_plan(study, study.profile, kind)
    moment = at or dt.datetime.now(ZoneInfo(study.place.timezone)).replace(tzinfo=None)
    return check(plan, lon, lat, moment, lambda: network_of(study), reasons_of(study.decisions("zone")))
