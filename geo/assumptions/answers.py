"""The answers of a study that assumptions move: tiers, pitches, displays, bays, parking, coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.core.errors import JiexuError
from geo.core.vocabulary import KINDS
from geo.facilities.facility_study import FacilityStudy
from geo.kerbs.ground import KerbGround, read_ground
from geo.network.graph import Network
from geo.network.on_foot import network_of
from geo.parking.need import PERIODS
from geo.parking.relief import Need
from geo.parking.study import BayStudy
from geo.rules.leaf import Leaf
from geo.rules.loader import Profile
from geo.stalls.displays import shop_displays
from geo.stalls.study import stall_plan
from geo.streets.segment_tags import highway_class
from geo.study.reader import Study
from geo.study.writing import ChangedError
from geo.tiers.grading import grade
from geo.tiers.result import TIER_LIST
from geo.tiers.scoring import Surroundings
from geo.tiers.study import kept_list

Outcome = Mapping[str, float]

_AT_KERBS: Final = ("stalls", "displays", "bays", "parking")
_BY_WIDTH: Final = ("tiers", *_AT_KERBS)
_COVERAGE: Final = "coverage_"

ANSWERS: Final = ("tiers", *_AT_KERBS, *(f"{_COVERAGE}{kind}" for kind in KINDS))
"""The answers that are measured."""

WIDTHS: Final = "roads.width."
"""Rules that a build applies: estimated widths are computed anew."""


class _Noting(Mapping[str, Leaf]):
    """The parameters of a profile, with the paths that were asked for one by one."""

    def __init__(self, leaves: Mapping[str, Leaf]) -> None:
        self._leaves, self.asked = leaves, set[str]()

    def __getitem__(self, path: str) -> Leaf:
        self.asked.add(path)
        return self._leaves[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._leaves)

    def __len__(self) -> int:
        return len(self._leaves)

    def items(self):  # type: ignore[no-untyped-def]
        return self._leaves.items()  # looking through all of them is no question


class SupposedStudy(Study):
    """
    A study as if it had other rules; its file is not touched.

    Parameters
    ----------
    study
        The study.
    rules
        The other rules.
    roads
        Its streets under them.
    """

    def __init__(self, study: Study, rules: Profile, roads: gpd.GeoDataFrame) -> None:
        super().__init__(study.path)
        self._seen = dict(study.seen)
        self._tables, self.asked_day = study._tables, study.asked_day
        self._rules, self._roads = rules, roads

    @property
    def profile(self) -> Profile:
        """The supposed rules."""
        return self._rules

    def _rows(self, name: str) -> pd.DataFrame:
        table = super()._rows(name)
        if "width_m" in table and "segment_id" in table:
            widths = self._roads.set_index("segment_id")["width_m"]
            return table.assign(width_m=table["segment_id"].map(widths))
        return table


class Answers:
    """
    The answers of a study under rules, each computed when it is asked for.

    Parameters
    ----------
    study
        The study.
    rules
        The rules.
    base
        The answers under the study's own rules: what the rules that differ do not reach is taken from there.
    moved
        The parameter that differs from those.
    """

    def __init__(self, study: Study, rules: Profile, base: Answers | None = None, moved: str = "") -> None:
        leaves = dict(rules.leaves.items())
        self._noting, self._of_ground = _Noting(leaves), _Noting(leaves)
        articles = dict(rules.articles.items())
        self.rules = Profile(rules.name, self._noting, articles, rules.day)
        self._ground_rules = Profile(rules.name, self._of_ground, articles, rules.day)
        self._base, self._moved = base, moved
        self._other_widths = moved.startswith(WIDTHS)
        roads = study.layer("roads")
        self.roads = with_widths_of(roads, self.rules) if self._other_widths else roads
        self.study = SupposedStudy(study, self.rules, self.roads)
        self.tiers = pd.Series(dtype=object)
        self._read: dict[str, set[str]] = {}

    @cached_property
    def network(self) -> Network:
        """On foot; no rule makes it."""
        return network_of(self.study) if self._base is None else self._base.network

    @cached_property
    def ground(self) -> KerbGround:
        """The kerbs and their obstacles; they keep the rules that they were made with."""
        base = self._base
        if base is not None and not self._other_widths and self._moved not in base._of_ground.asked:
            return base.ground
        return read_ground(self.study, self._ground_rules)

    def outcome(self, name: str) -> Outcome | None:
        """Return the figures of an answer, or None where the study has no input for it."""
        self._noting.asked.clear()
        try:
            found = _figures(self, name)
        except ChangedError:
            raise
        except JiexuError:
            found = None
        self._read[name] = set(self._noting.asked)
        return found

    def reads(self, name: str, path: str) -> bool:
        """Tell whether an answer that was computed read a parameter, itself or through its kerbs."""
        if path.startswith(WIDTHS):
            return name in _BY_WIDTH
        return path in self._read[name] or (name in _AT_KERBS and path in self._of_ground.asked)


def with_widths_of(roads: gpd.GeoDataFrame, rules: Profile) -> gpd.GeoDataFrame:
    """
    Return streets with estimated widths by other rules; tagged and surveyed ones stay.

    Parameters
    ----------
    roads
        The study's layer.
    rules
        `roads.width.*`.
    """
    classes = highway_class(roads["highway"])
    lane, two_way, one_way = (
        classes.map(rules.group(f"roads.width.{name}")).to_numpy(dtype=float)
        for name in ("lane", "default_two_way", "default_one_way")
    )
    by_class = np.where(roads["oneway"].to_numpy(dtype=bool), one_way, two_way)
    by_lanes = roads["lanes"].to_numpy(dtype=float, na_value=np.nan) * lane
    source = roads["width_source"].to_numpy(dtype=object)
    stated = roads["width_m"].to_numpy(dtype=float)
    return roads.assign(width_m=np.select([source == "default", source == "lanes"], [by_class, by_lanes], stated))


def _tiers(answers: Answers) -> Outcome:
    """Return the tiers of streets: the share of their length with another tier than under the study's own rules."""
    study = answers.study
    earlier = study.table("findings")
    tier_list = kept_list(study.table(TIER_LIST), earlier) if study.has(TIER_LIST) else None
    around = Surroundings(study.layer("facilities"), study.layer("paths"), study.layer("complaints"))
    roads = grade(study.layer("segments"), tier_list, study.table("decisions"), answers.rules, study.crs, around).roads
    answers.tiers = roads.set_index("segment_id")["tier"]
    base = answers if answers._base is None else answers._base
    metres = roads["length_m"].to_numpy(dtype=float)
    changed = answers.tiers.to_numpy(dtype=object) != base.tiers.reindex(answers.tiers.index).to_numpy(dtype=object)
    return {"tiers_changed": float(metres[changed].sum() / max(metres.sum(), 1e-9))}


def _stalls(answers: Answers) -> Outcome:
    plan = stall_plan(answers.study, answers.rules, "stall", answers.ground)
    return {"pitches": float(plan.supply.likely.sum())}


def _displays(answers: Answers) -> Outcome:
    plan = stall_plan(answers.study, answers.rules, "display", answers.ground)
    shops = shop_displays(plan, answers.study.layer("facilities"), answers.study.layer("context"))
    return {"display_m": float(shops["length_m"].sum())}


def _bays(answers: Answers) -> Outcome:
    rooms = BayStudy(answers.study, answers.rules, answers.ground)
    return {f"bays_{hours}": float(rooms.room(hours).zones.pitches.sum()) for hours in ("all_day", "night")}


def _parking(answers: Answers) -> Outcome:
    need = Need(BayStudy(answers.study, answers.rules, answers.ground), answers.network)
    return {
        f"cars_without_space_{period}": float(np.maximum(need.cars[period] - need.found[period], 0).sum())
        for period in PERIODS
    }


def _coverage(answers: Answers, kind: str) -> Outcome:
    found = FacilityStudy(answers.study, kind, network=answers.network)  # type: ignore[arg-type]
    total = float(found.demand.weight.sum())
    return {f"covered_{kind}": found.covered(found.walks.walk_m) / total if total else 0.0}


def _figures(answers: Answers, name: str) -> Outcome:
    """Compute the figures of an answer."""
    if name.startswith(_COVERAGE):
        return _coverage(answers, name.removeprefix(_COVERAGE))
    compute = {"tiers": _tiers, "stalls": _stalls, "displays": _displays, "bays": _bays, "parking": _parking}
    return compute[name](answers)
