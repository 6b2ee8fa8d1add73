"""What the pages read of the study, cached until the study changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj
import streamlit as st

from dashboards.session.served_study import study_path
from geo.complaints.patrol_study import computed_patrols
from geo.complaints.study import computed_hotspots, response_of
from geo.core.vocabulary import Kind as FacilityKind
from geo.facilities.coverage_study import Asked, FacilityStudy, computed_coverage
from geo.facilities.residents import RESIDENTS_TOTAL
from geo.facilities.site_study import SiteStudy, Wish, computed_sites
from geo.kerbs.decided import made_of
from geo.kerbs.ground import INPUTS, Ground, read_ground
from geo.network.graph import Network
from geo.network.walking import network_of
from geo.parking.room import BayHours, BayRoom
from geo.parking.study import BayStudy, computed_bays
from geo.points.imports import place_in
from geo.points.other_lists import lists_of
from geo.points.reading import Place
from geo.rules import Profile
from geo.stalls.plan import Kind, Plan
from geo.stalls.study import computed, plan_of
from geo.streets.street_lists import crossing_names
from geo.study import file as study
from geo.study.figures import info
from geo.study.results import Computed
from geo.tiers.audit import audit_study
from layers import hours, points


def layer(name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return a layer of the study. It is shared between sessions: do not change it."""
    path = study_path()
    return _layer(str(path), name, study.about(path).get(f"version:{name}", ""))


@st.cache_resource(max_entries=24, show_spinner=False)
def _layer(path: str, name: str, version: str) -> gpd.GeoDataFrame | pd.DataFrame:
    return study.read_layer(Path(path), name)


def figures() -> dict[str, Any]:
    """Return the study's figures, as `geo.study.figures.info`."""
    path = study_path()
    facts = study.about(path)
    versions = "".join(value for key, value in sorted(facts.items()) if key.startswith("version:"))
    return _figures(str(path), versions)


@st.cache_resource(max_entries=8, show_spinner=False)
def _figures(path: str, version: str) -> dict[str, Any]:
    return info(Path(path))


def street_names() -> pd.Series:
    """Return the names of the streets by their ids; None for those without one."""
    streets = layer("streets")
    return pd.Series(streets["name"].to_numpy(), index=streets["street_id"].to_numpy())


def categories(kind: str) -> list[str]:
    """Return the categories of a kind of points, in the order in which tiles number them."""
    path = study_path()
    return _categories(str(path), kind, study.about(path)[f"version:{kind}"])


@st.cache_resource(max_entries=24, show_spinner=False)
def _categories(path: str, kind: str, version: str) -> list[str]:
    return points.categories(layer(kind), kind)


def metric_crs() -> pyproj.CRS:
    """Return the study's metric CRS."""
    return study.metric_crs_of(study_path())


def timezone() -> str:
    """Return the name of the study's clock."""
    return study.place_of_study(study_path()).timezone


def profile() -> Profile:
    """Return the study's rules, as `geo.study.file.profile_of`."""
    return _profile(str(study_path()), study.about(study_path())["profile_hash"])


@st.cache_resource(show_spinner=False)
def _profile(path: str, version: str) -> Profile:
    return study.profile_of(Path(path))


def doubts() -> pd.DataFrame:
    """Return the audit of the study's tiers, as `geo.tiers.audit.audit`."""
    path = study_path()
    facts = study.about(path)
    return _doubts(str(path), "".join(facts[f"version:{name}"] for name in ("streets", "roads", "complaints")))


@st.cache_resource(max_entries=8, show_spinner=False)
def _doubts(path: str, version: str) -> pd.DataFrame:
    return audit_study(Path(path), profile())


def crossings(street_id: str) -> list[str]:
    """Return the names of the streets that meet a street, as `geo.tiers.official_list.crossing_names`."""
    path = study_path()
    return _crossings(str(path), street_id, study.about(path)["version:roads"])


@st.cache_resource(max_entries=64, show_spinner=False)
def _crossings(path: str, street_id: str, version: str) -> list[str]:
    return crossing_names(street_id, layer("roads"))


def place() -> Place:
    """Return what a file's coordinates and addresses are tested against, as `geo.points.imports.place_in`."""
    path = study_path()
    return _place(str(path), study.about(path)["version:context"])


@st.cache_resource(max_entries=2, show_spinner=False)
def _place(path: str, version: str) -> Place:
    return place_in(Path(path))


def ground() -> Ground:
    """Return the kerbs of the study and what stands at them, as `geo.kerbs.ground.read_ground`."""
    path = study_path()
    facts = study.about(path)
    return _ground(str(path), "".join(facts[f"version:{name}"] for name in INPUTS) + facts["profile_hash"])


@st.cache_resource(max_entries=2, show_spinner=False)
def _ground(path: str, version: str) -> Ground:
    return read_ground(Path(path), study.profile_of(Path(path)))


def plan(kind: Kind = "stall", values: tuple[tuple[str, Any], ...] = ()) -> Plan:
    """Return the plan of the study under its rules, or with other values of some parameters."""
    return _plan(str(study_path()), kind, values, _made_of())


@st.cache_resource(max_entries=12, show_spinner=False)
def _plan(path: str, kind: Kind, values: tuple[tuple[str, Any], ...], version: str) -> Plan:
    return plan_of(Path(path), _rules(values), kind, ground())


def _rules(values: tuple[tuple[str, Any], ...]) -> Profile:
    """Return the study's rules with other values of some parameters; their lists are tuples, for caches to keep by."""
    return profile().changed({name: list(value) if isinstance(value, tuple) else value for name, value in values})


def _made_of() -> str:
    """Return what dates all that is computed of kerbs."""
    return json.dumps(made_of(study.about(study_path()), layer("decisions")))


def plan_state() -> Computed:
    """Return what the study knows of its plan, as `geo.stalls.study.computed`."""
    return computed(study.about(study_path()), layer("decisions"))


def bay_room(hours: BayHours, off: float = 0.0, values: tuple[tuple[str, Any], ...] = ()) -> BayRoom:
    """Return where bays have room: `geo.parking.study.BayStudy.room`; `values` are other values of parameters."""
    return _bay_study(str(study_path()), values, _made_of()).room(hours, off)


@st.cache_resource(max_entries=8, show_spinner=False)
def _bay_study(path: str, values: tuple[tuple[str, Any], ...], version: str) -> BayStudy:
    return BayStudy(Path(path), _rules(values), ground())


def bays_state() -> Computed:
    """Return what the study knows of its bays, as `geo.parking.study.computed_bays`."""
    return computed_bays(study.about(study_path()), layer("decisions"))


def hotspots_state() -> Computed:
    """Return what the study knows of its hot spots, as `geo.complaints.study.computed_hotspots`."""
    return computed_hotspots(study.about(study_path()))


def patrols_state() -> Computed:
    """Return what the study knows of its patrols, as `geo.complaints.patrol_study.computed_patrols`."""
    return computed_patrols(study.about(study_path()))


def answers() -> dict[str, Any]:
    """Return how complaints are answered, as `geo.complaints.study.response_of`."""
    path = study_path()
    facts = study.about(path)
    names = ("complaints", "roads", "streets", "decisions", "quarters")
    return _answers(str(path), "".join(facts[f"version:{name}"] for name in names) + facts["profile_hash"])


@st.cache_resource(max_entries=2, show_spinner=False)
def _answers(path: str, version: str) -> dict[str, Any]:
    return response_of(Path(path))


def facility_study(kind: FacilityKind, asked: Asked) -> FacilityStudy:
    """
    Return the facilities of a kind and who needs them, as `geo.facilities.coverage_study.FacilityStudy`.

    The standard is that of the coverage that the study keeps.
    """
    known = coverage_state(kind).summary
    within = None if known is None else float(known["within_m"])
    return _facility_study(str(study_path()), kind, asked, within, _facilities_version())


@st.cache_resource(max_entries=6, show_spinner=False)
def _facility_study(path: str, kind: FacilityKind, asked: Asked, within_m: float | None, version: str) -> FacilityStudy:
    return FacilityStudy(Path(path), kind, asked, network(), within_m)


def _facilities_version() -> str:
    facts = study.about(study_path())
    names = (
        *("roads", "paths", "facilities", "context", "parking", "population"),
        *("stalls", "moves", "complaints", "decisions", "quarters"),
    )
    versions = "".join(facts[f"version:{name}"] for name in names)
    return versions + facts["profile_hash"] + facts.get(RESIDENTS_TOTAL, "")


def best_site(kind: FacilityKind, asked: Asked, gap_id: str) -> tuple[float, float, float] | None:
    """Return longitude and latitude of the junction that covers most of a gap, and how much; None if none does."""
    version = f"{_facilities_version()}{facility_study(kind, asked).within_m}"
    return _best_site(str(study_path()), kind, asked, gap_id, version)


@st.cache_resource(max_entries=64, show_spinner=False)
def _best_site(
    path: str, kind: FacilityKind, asked: Asked, gap_id: str, version: str
) -> tuple[float, float, float] | None:
    facilities = facility_study(kind, asked)
    number = int(gap_id.rpartition("-")[2]) - 1
    if number >= len(facilities.gaps):
        return None
    sited = _siting(path, kind, asked, version)
    site, gain = facilities.best_site(facilities.gaps[number], sited.access, len(sited.lonlat))
    return None if site < 0 else (float(sited.lonlat[site, 0]), float(sited.lonlat[site, 1]), gain)


@st.cache_resource(max_entries=3, show_spinner=False)
def _siting(path: str, kind: FacilityKind, asked: Asked, version: str) -> SiteStudy:
    return SiteStudy(facility_study(kind, asked), Wish(1))


def coverage_state(kind: FacilityKind) -> Computed:
    """Return what the study knows of its coverage, as `geo.facilities.coverage_study.computed_coverage`."""
    return computed_coverage(study.about(study_path()), kind)


def sites_state(kind: FacilityKind) -> Computed:
    """Return what the study knows of its sites, as `geo.facilities.site_study.computed_sites`."""
    return computed_sites(study.about(study_path()), kind)


def residents_total() -> float | None:
    """Return the known number of residents, if any."""
    known = study.about(study_path()).get(RESIDENTS_TOTAL)
    return float(known) if known else None


def lists() -> list[dict[str, Any]]:
    """Return the figures of other lists, as `geo.points.other_lists.lists_of`; their ages are those of this day."""
    facts = study.about(study_path())
    versions = "".join(facts[f"version:{name}"] for name in ("other", "roads", "quarters"))
    return _lists(str(study_path()), versions, f"{study.now():%Y-%m-%d}")


@st.cache_resource(max_entries=2, show_spinner=False)
def _lists(path: str, version: str, day: str) -> list[dict[str, Any]]:
    return lists_of(Path(path))


def network() -> Network:
    """Return the network on foot, as `geo.network.walking.network_of`."""
    path = study_path()
    return _network(str(path), study.about(path)["version:context"])


@st.cache_resource(max_entries=2, show_spinner=False)
def _network(path: str, version: str) -> Network:
    return network_of(Path(path))


def distinct_hours(layer_name: str) -> list[str]:
    """Return the hours of a layer in the order in which tiles number them."""
    path = study_path()
    return _distinct_hours(str(path), layer_name, study.about(path)[f"version:{layer_name}"])


@st.cache_resource(max_entries=8, show_spinner=False)
def _distinct_hours(path: str, name: str, version: str) -> list[str]:
    return hours.distinct(layer(name)["hours"])


def inference() -> dict[str, Any]:
    """Return how streets off the list were graded, and how well: `geo.tiers.inference.Grading.report`."""
    report: dict[str, Any] = json.loads(study.about(study_path())["inference"])
    return report
