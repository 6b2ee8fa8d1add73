"""Values that pages read of the study, cached until their inputs change."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar, cast

import geopandas as gpd
import pandas as pd
import pyproj

from dashboards.session.open_studies import open_studies
from dashboards.session.served_study import study_path
from geo.complaints.answer_documents import ResponseDocument
from geo.complaints.study import ANSWERS, response_of
from geo.core.arrays import Integers
from geo.core.vocabulary import FacilityKind
from geo.facilities.coverage_study import COVERAGE
from geo.facilities.facility_study import DEMAND, DemandSource, FacilityStudy
from geo.facilities.residents import RESIDENTS_TOTAL
from geo.facilities.site_choice import SiteStudy
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import SITES
from geo.kerbs.ground import GROUND, KerbGround, read_ground
from geo.kerbs.waterfall import Waterfall, waterfall
from geo.network.graph import Network
from geo.network.on_foot import WALKING, network_of
from geo.parking.fall import bay_waterfall
from geo.parking.room import BayHours, BayRoom
from geo.parking.study import BAYS, BayStudy
from geo.points.documents import ListDocument
from geo.points.imports import PLACE, place_in
from geo.points.other_lists import LISTS, lists_of
from geo.points.reading import Place
from geo.rules.loader import Profile
from geo.stalls.penalty_steps import steps_due
from geo.stalls.plan import Plan, UseKind
from geo.stalls.study import PLAN, stall_plan
from geo.streets.cross_streets import crossing_names
from geo.study.documents import FiguresDocument
from geo.study.figures import info
from geo.study.file import about, now
from geo.study.reader import Study
from geo.study.results import Known, MadeOf, Result
from geo.study.schema import LAYERS, SPATIAL_LAYERS
from geo.study.versions import VIEWS
from geo.tiers.audit import AUDIT, audit_study
from geo.tiers.documents import GradingReport
from geo.tiers.result import TIERS
from layers import hours, points

_P = ParamSpec("_P")
_R = TypeVar("_R")

_KEPT: Final = 8

Values = tuple[tuple[str, Any], ...]
"""Other values of some parameters, hashable: lists are tuples."""


class Derived(NamedTuple):
    """A cached value of the served study: its inputs, and the function that makes it."""

    made_of: Callable[..., MadeOf]
    make: Callable[..., Any]


DERIVED: Final[dict[str, Derived]] = {}
"""Every cached value by its name."""


def study() -> Study:
    """Return a handle of the served study as it stands now; layers are read once for all sessions."""
    return open_studies().open(study_path()).handle.again()


def derived(
    made_of: MadeOf | Callable[..., MadeOf], kept: int = _KEPT
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """
    Decorate a function of the served study: its value is cached until one of its inputs changes.

    Parameters
    ----------
    made_of
        The inputs; or what returns them of the arguments.
    kept
        How many values are kept of each study.
    """

    def of(*args: object) -> MadeOf:
        return made_of if isinstance(made_of, MadeOf) else made_of(*args)

    def decorate(make: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(make)
        def current(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            path = study_path()
            facts = about(path)
            key = (facts.get("study_id"), of(*args).key(facts), args, tuple(sorted(kwargs.items())))
            opened = open_studies().open(path)
            result: _R = opened.value(make.__name__, key, kept, lambda: make(*args, **kwargs))
            return result

        DERIVED[make.__name__] = Derived(of, make)
        return current

    return decorate


def known(result: Result[_R]) -> Known[_R]:
    """Return a result that the study keeps, and whether it is up to date."""
    return result.known(about(study_path()))


def layer(name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return a layer or table of the study. It is shared between sessions: do not change it."""
    opened = study()
    return opened.layer(name) if name in SPATIAL_LAYERS or name in VIEWS else opened.table(name)


@derived(lambda name, *_: MadeOf(layers=(name,)), kept=12)
def columns(name: str, *wanted: str) -> pd.DataFrame:
    """Return columns of a layer without its shapes: a large layer is not read for a few of them. They are shared."""
    return study().some(name, wanted, geometry=False)


@derived(MadeOf(layers=("streets",)), kept=48)
def streets_of(street_ids: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return the rows of these streets, in the layer's order; they are shared."""
    among = "street_id IN (SELECT value FROM json_each(?))"
    return gpd.GeoDataFrame(study().some("streets", where=among, values=(json.dumps(street_ids),)))


@derived(MadeOf(layers=LAYERS), kept=2)
def figures() -> FiguresDocument:
    """Return the study's figures, as `geo.study.figures.info`."""
    return info(study_path())


def street_names() -> pd.Series:
    """Return the names of the streets by their ids; None for streets without one."""
    streets = layer("streets")
    return pd.Series(streets["name"].to_numpy(), index=streets["street_id"].to_numpy())


@derived(lambda kind: MadeOf(layers=(kind,)), kept=24)
def categories(kind: str) -> list[str]:
    """Return the categories of a kind of points, in the order of their numbers in tiles."""
    return points.categories(columns(kind, points.CATEGORY_COLUMN[kind]), kind)


def metric_crs() -> pyproj.CRS:
    """Return the study's metric CRS."""
    return study().crs


def timezone() -> str:
    """Return the name of the study's clock."""
    return study().place.timezone


def profile() -> Profile:
    """Return the study's rules."""
    return study().profile


@derived(AUDIT)
def doubts() -> pd.DataFrame:
    """Return the audit of the study's tiers, as `geo.tiers.audit.audit`."""
    return audit_study(study())


@derived(MadeOf(layers=("segments",)), kept=64)
def crossings(street_id: str) -> list[str]:
    """Return the names of the streets that meet a street, as `geo.streets.cross_streets.crossing_names`."""
    return crossing_names(street_id, study().layer("segments"))


@derived(PLACE, kept=2)
def place() -> Place:
    """Return the place of the study for reading files, as `geo.points.imports.place_in`."""
    return place_in(study())


@derived(GROUND, kept=2)
def ground() -> KerbGround:
    """Return the kerbs of the study and their obstacles, as `geo.kerbs.ground.read_ground`."""
    return read_ground(study())


@derived(PLAN, kept=12)
def plan(kind: UseKind = "stall", values: Values = ()) -> Plan:
    """Return the plan of the study under its rules, or with other values of some parameters."""
    return stall_plan(study(), _rules(values), kind, ground())


@derived(PLAN, kept=32)
def stall_fall(slot: int, street_ids: tuple[str, ...] = ()) -> Waterfall:
    """Return the kerb taken by each rule from stalls in a slot of the plan, on some streets or (none given) on all."""
    found = plan()
    return waterfall(found, slot, found.on_streets(street_ids) if street_ids else None)


@derived(MadeOf(layers=("stall_zones",)), kept=2)
def zones_in_order() -> gpd.GeoDataFrame:
    """Return the layer `stall_zones`, the zones with most pitches first. It is shared: do not change it."""
    return layer("stall_zones").sort_values(["pitches", "zone_id"], ascending=[False, True]).reset_index(drop=True)


def _rules(values: Values) -> Profile:
    """Return the study's rules with other values of some parameters."""
    return profile().changed({name: list(value) if isinstance(value, tuple) else value for name, value in values})


def bay_room(hours: BayHours, off: float = 0.0, values: Values = ()) -> BayRoom:
    """Return where bays have room: `geo.parking.study.BayStudy.room`; `values` are other values of parameters."""
    return bay_study(values).room(hours, off)


@derived(BAYS.made_of, kept=32)
def bay_fall(hours: BayHours, street_ids: tuple[str, ...] = ()) -> Waterfall:
    """Return the kerb taken by each rule from bays of the hours, on some streets or (none given) on all."""
    room = bay_room(hours)
    return bay_waterfall(room, kerbs_of_bays(hours), room.on_streets(street_ids) if street_ids else None)


@derived(BAYS.made_of, kept=2)
def kerbs_of_bays(hours: BayHours) -> Integers:
    """Return the kerb of each of `placed_bays`."""
    return bay_room(hours).kerbs.of(placed_bays(hours))


def placed_bays(hours: BayHours, values: Values = ()) -> gpd.GeoDataFrame:
    """Return the bays that fit under the rules of the hours: `geo.parking.study.BayStudy.placed`."""
    return bay_study(values).placed(hours)


@derived(BAYS.made_of)
def bay_study(values: Values) -> BayStudy:
    """Return the rooms for bays, as `geo.parking.study.BayStudy`."""
    return BayStudy(study(), _rules(values), ground())


def answers(at: pd.Timestamp | None = None) -> ResponseDocument:
    """
    Return how complaints are answered, as `geo.complaints.study.response_of`.

    Parameters
    ----------
    at
        The moment; by default `hour`.
    """
    return answers_at((hour() if at is None else at).isoformat())


@derived(ANSWERS, kept=4)
def answers_at(moment: str) -> ResponseDocument:
    """Return how complaints are answered at a moment in ISO 8601."""
    return response_of(study(), pd.Timestamp(moment))


@derived(MadeOf(layers=("stalls",), decisions=("step",), rules=("response",)), kept=2)
def penalty_steps() -> pd.DataFrame:
    """Return the steps due with operators, as `geo.stalls.penalty_steps.steps_due`. Shared: do not change it."""
    return steps_due(study().layer("stalls"), study().decisions("step"), profile())


def hour() -> pd.Timestamp:
    """Return the present moment to the hour: ages on pages change no more often."""
    return pd.Timestamp(now()).floor("h")


def facility_study(kind: FacilityKind, asked: DemandSource) -> FacilityStudy:
    """
    Return the facilities of a kind and the demand for them, as `geo.facilities.facility_study.FacilityStudy`.

    The standard is that of the coverage that the study keeps.
    """
    coverage = known(COVERAGE.of_kind(kind)).summary
    return facilities_within(kind, asked, None if coverage is None else float(coverage["within_m"]))


def _of_facilities(kind: FacilityKind, *_: object) -> MadeOf:
    return DEMAND | COVERAGE.of_kind(kind).made_of


@derived(_of_facilities)
def facilities_within(kind: FacilityKind, asked: DemandSource, within_m: float | None) -> FacilityStudy:
    """Return the facilities of a kind and the demand for them, with a standard."""
    return FacilityStudy(study(), kind, asked, network(), within_m)


def best_site(kind: FacilityKind, asked: DemandSource, gap_id: str) -> tuple[float, float, float] | None:
    """Return longitude and latitude of the junction that covers most of a gap, and how much; None if none does."""
    return site_of_gap(kind, asked, gap_id, facility_study(kind, asked).within_m)


@derived(lambda kind, *_: DEMAND | SITES.of_kind(kind).made_of, kept=64)
def site_of_gap(
    kind: FacilityKind, asked: DemandSource, gap_id: str, within_m: float
) -> tuple[float, float, float] | None:
    """Return `best_site` with a standard."""
    facilities = facilities_within(kind, asked, within_m)
    number = int(gap_id.rpartition("-")[2]) - 1
    if number >= len(facilities.gaps):
        return None
    sited = siting(kind, asked, within_m)
    site, gain = facilities.best_site(facilities.gaps[number], sited.access, len(sited.lonlat))
    return None if site < 0 else (float(sited.lonlat[site, 0]), float(sited.lonlat[site, 1]), gain)


@derived(lambda kind, *_: DEMAND | SITES.of_kind(kind).made_of, kept=3)
def siting(kind: FacilityKind, asked: DemandSource, within_m: float) -> SiteStudy:
    """Return the candidates for a kind of facility at junctions."""
    return SiteStudy(facilities_within(kind, asked, within_m), SiteRequest(1))


def residents_total() -> float | None:
    """Return the known number of residents, if any."""
    total = about(study_path()).get(RESIDENTS_TOTAL)
    return float(total) if total else None


def lists() -> list[ListDocument]:
    """Return the figures of other lists, as `geo.points.other_lists.lists_of`; ages are counted to this day."""
    return lists_on(f"{now():%Y-%m-%d}")


@derived(LISTS, kept=2)
def lists_on(day: str) -> list[ListDocument]:
    """Return the figures of other lists; they change with the day."""
    return lists_of(study())


@derived(WALKING, kept=2)
def network() -> Network:
    """Return the network on foot, as `geo.network.on_foot.network_of`."""
    return network_of(study())


@derived(lambda name: MadeOf(layers=(name,)))
def distinct_hours(layer_name: str) -> list[str]:
    """Return the hours of a layer in the order of their numbers in tiles."""
    return hours.distinct(layer(layer_name)["hours"])


def inference() -> GradingReport:
    """Return how streets off the list were graded, and how well: `geo.tiers.inference.Grading.report`."""
    # every build grades
    return cast("GradingReport", known(TIERS).summary)
