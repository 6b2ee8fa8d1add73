"""From input files to a finished study."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.place import Place as WorldPlace
from geo.core.place import place_at, place_facts
from geo.core.text import Text
from geo.core.vocabulary import CREDIT
from geo.facilities.residents import RESIDENTS_TOTAL
from geo.files.area_files import read_polygons
from geo.points.imports import LOCATED, far_findings, import_record, next_import, place_of
from geo.points.reading import KINDS, Place, PointKind, read_points
from geo.rules import Profile, load_profile
from geo.streets.extract import Ways, read_features, read_ways
from geo.streets.locating import count_per_street, locate
from geo.streets.quarters import make_quarters, read_quarters
from geo.streets.roads import make_paths, make_roads
from geo.streets.street_lists import StreetList
from geo.streets.surveyed_widths import SURVEY, kept_widths, read_widths, width_table, with_surveyed
from geo.study.decisions import BASE_TABLE
from geo.study.file import about, now, profile_of, read_layer, rule_facts, until_unchanged, write_study
from geo.study.findings import Finding, findings_table
from geo.study.schema import POINT_KINDS, conform, together
from geo.tiers.grading import Grades, grade
from geo.tiers.official_list import LIST_COLUMNS, read_tier_list
from geo.tiers.scoring import Surroundings

OnStep = Callable[[Text], None]
"""Called as each step of a build begins."""


STEPS: Final = 7
"""How many steps a build reports."""


@dataclass(frozen=True)
class Inputs:
    """
    What a study is built from.

    Attributes
    ----------
    osm
        The extract's file.
    osm_source
        What to call it (a download says where from); by default the file's name.
    boundary
        A file of polygons; streets that touch them are kept whole.
    tiers
        The official list.
    points
        Files of points by kind.
    rules
        A profile's name or file.
    quarters
        A file of the city's quarters.
    widths
        Surveyed widths of carriageways.
    timezone, country
        The study's clock (an IANA name) and country or region (an ISO 3166-1 code), over those of its extent.
    """

    osm: Path
    osm_source: str = ""
    boundary: Path | None = None
    tiers: Path | None = None
    points: Mapping[PointKind, Path] = field(default_factory=dict)
    rules: str = "china"
    quarters: Path | None = None
    widths: Path | None = None
    timezone: str | None = None
    country: str | None = None


def build_study(path: Path, inputs: Inputs, on_step: OnStep = lambda step: None) -> None:
    """
    Build a study, or build it anew.

    What an existing study holds and `inputs` does not replace is carried over: decisions and the tiers that they set,
    the official list, surveyed widths, quarters and population of a file, points of each kind, a time zone and a
    country that were given.

    Parameters
    ----------
    path
        The GeoPackage to make.
    inputs
        The files.
    on_step
        Told of each of the `STEPS` steps as it begins.

    Raises
    ------
    InputError, RuleError, StudyError
        For files that cannot be used. An existing study is untouched then.
    """
    until_unchanged(lambda: _build(path, inputs, on_step))


def _build(path: Path, inputs: Inputs, on_step: OnStep) -> None:
    old = _Old.of(path)
    profile = load_profile(inputs.rules)

    on_step(Text("读取道路", "Reading roads"))
    ways = read_ways(inputs.osm, [*profile["roads.kept_highways"], *profile["network.walk.paths"]])
    on_step(Text("切分路段、归并街道", "Cutting segments, assembling streets"))
    carriageways = ways.only(profile["roads.kept_highways"])
    roads, crs = make_roads(carriageways, profile, inputs.osm)
    paths = make_paths(ways, carriageways, profile, crs)
    boundary = None if inputs.boundary is None else _read_boundary(inputs.boundary, roads)
    if boundary is not None:
        inside = roads["street_id"].isin(roads.loc[shapely.intersects(roads.geometry, boundary), "street_id"])
        roads = roads[inside].reset_index(drop=True)
        paths = paths[shapely.intersects(paths.geometry, shapely.box(*roads.total_bounds))].reset_index(drop=True)

    world, chosen = _world(inputs, old, roads)

    on_step(Text("读取设施和底图", "Reading facilities and base map"))
    features = read_features(inputs.osm, profile.group("facilities.kinds"), profile.group("context.kinds"))
    facilities, areas, context, addresses = features
    if boundary is not None:
        around = shapely.box(*boundary.bounds)
        facilities = facilities[shapely.intersects(facilities.geometry, boundary)].reset_index(drop=True)
        areas = areas[areas["facility_id"].isin(facilities["facility_id"])].reset_index(drop=True)
        context = context[shapely.intersects(context.geometry, around)].reset_index(drop=True)
        addresses = addresses[shapely.intersects(addresses.geometry, around)].reset_index(drop=True)

    surveyed = read_widths(inputs.widths) if inputs.widths else kept_widths(old.widths, old.findings)
    roads, width_findings = with_surveyed(roads, surveyed, profile, crs)
    mapped = context["kind"] == "quarter"
    quarters = _quarters(inputs, old, roads, context[mapped], crs, profile)
    context = context[~mapped].reset_index(drop=True)

    on_step(Text("读取点位", "Reading points"))
    place = place_of(roads, addresses, [facilities, context], crs, world.timezone) if inputs.points else None
    points, imports, point_findings = _points(inputs, old, roads, place, crs, profile)
    facilities = together(facilities, points.pop("facilities"), "facilities")

    on_step(Text("评定等级", "Grading streets"))
    tier_list = read_tier_list(inputs.tiers) if inputs.tiers else old.tier_list
    surroundings = Surroundings(facilities, paths, points["complaints"])
    grades = grade(roads, tier_list, old.decisions, profile, crs, surroundings)

    on_step(Text("写入研究文件", "Writing the study"))
    findings = [_way_findings(ways, inputs.osm), width_findings, grades.findings, *point_findings]
    ground = {"facility_areas": areas, "context": context, "addresses": addresses, "quarters": quarters}
    layers = {"paths": paths, "facilities": facilities, **ground, **points}
    layers |= {"imports": imports, "mappings": old.mappings, "replaced": _of(old.replaced, imports)}
    layers |= {"decisions": grades.decisions, "selections": old.selections, "surveyed_widths": width_table(surveyed)}
    layers |= {"population": old.population}
    facts = {**old.identity, **_facts(inputs, ways, roads, crs, profile), **place_facts(world), _CHOSEN: chosen}
    write_study(path, {**layers, **_graded(grades, points, findings, tier_list)}, facts | _report(grades), old.seen)
    on_step(Text("完成", "Done"))


_CHOSEN: Final = "place_chosen"
"""The fact that names the options of a place that a person gave: they stay when the study is built anew."""


def _world(inputs: Inputs, old: _Old, roads: gpd.GeoDataFrame) -> tuple[WorldPlace, str]:
    """Return where the study lies, and which options of that a person gave, now or for the old study."""
    kept = set(old.seen.get(_CHOSEN, "").split())
    options = {
        "timezone": inputs.timezone or (old.seen["timezone"] if "timezone" in kept else None),
        "country": inputs.country or ((old.seen["region"] or old.seen["country"]) if "country" in kept else None),
    }
    west, south, east, north = map(float, roads.total_bounds)
    place = place_at(west, south, east, north, **options)
    return place, " ".join(name for name, value in options.items() if value is not None)


def _quarters(
    inputs: Inputs,
    old: _Old,
    roads: gpd.GeoDataFrame,
    mapped: gpd.GeoDataFrame,
    crs: pyproj.CRS,
    profile: Profile,
) -> gpd.GeoDataFrame:
    """Return the quarters of the given file, else of an earlier one, else as the extract has or suggests them."""
    if inputs.quarters is not None:
        return read_quarters(inputs.quarters, roads)
    if len(old.quarters):
        return old.quarters
    return make_quarters(roads, mapped, crs, profile)


def _graded(
    grades: Grades,
    points: Mapping[str, gpd.GeoDataFrame],
    findings: list[pd.DataFrame],
    tier_list: StreetList | None,
) -> dict[str, pd.DataFrame]:
    """Return the layers that grading makes."""
    streets = grades.streets
    for kind in POINT_KINDS:
        located = points[kind]
        streets[kind] = count_per_street(located, grades.roads, streets["street_id"])
    layers: dict[str, pd.DataFrame] = {
        "roads": grades.roads,
        "streets": streets,
        "street_scores": grades.scores,
        BASE_TABLE: grades.base,
    }
    found = [table for table in findings if len(table)]
    if found:
        layers["findings"] = pd.concat(found, ignore_index=True)
    if tier_list is not None:
        layers["tier_list"] = tier_list.rows.assign(file=tier_list.file)
    return layers


def _report(grades: Grades) -> dict[str, str]:
    return {"inference": json.dumps(grades.report)}


def grade_study(path: Path, profile: Profile, list_file: Path | None = None) -> dict[str, Any]:
    """
    Grade the streets of a study again: with a new official list, or after complaints, facilities or rules changed.

    Parameters
    ----------
    path
        The study.
    profile
        The rules.
    list_file
        The official list; without one, the list that the study has stays.

    Returns
    -------
    report
        As `geo.tiers.inference.Grading.report`.

    Raises
    ------
    InputError, StudyError
        For a list that cannot be read, or a study that cannot be written. The study is untouched then.
    """
    return until_unchanged(lambda: _grade(path, profile, list_file)[0])


def add_widths(path: Path, file: Path, name: str | None = None) -> dict[str, Any]:
    """
    Put surveyed widths into a study, over those that it has, and grade its streets again: the width counts there.

    Parameters
    ----------
    path
        The study.
    file
        As `geo.streets.surveyed_widths.read_widths` takes it.
    name
        What to call it; by default its own name.

    Returns
    -------
    summary
        `rows` that were read, `segments` and `km` that have a surveyed width now, and the `findings` of the file.

    Raises
    ------
    InputError, StudyError
        For a file that cannot be read, or a study that cannot be written. The study is untouched then.
    """

    def work() -> dict[str, Any]:
        surveyed = read_widths(file)
        if name is not None:
            surveyed = replace(surveyed, file=name, findings=surveyed.findings.assign(source=name))
        found = _grade(path, profile_of(path), None, surveyed)[1]
        roads = read_layer(path, "roads")
        measured = roads[roads["width_source"] == SURVEY]
        return {
            "rows": len(surveyed.rows),
            "segments": len(measured),
            "km": round(float(measured["length_m"].sum()) / 1000, 3),
            "findings": found[["row", "column", "problem", "action"]].to_dict("records"),
        }

    return until_unchanged(work)


def _grade(
    path: Path, profile: Profile, list_file: Path | None, surveyed: StreetList | None = None
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Grade again; return the report of how, and the findings of surveyed widths."""
    about(path)  # refuses what is no study of this format
    old = _Old.of(path)
    crs = pyproj.CRS.from_user_input(old.seen["metric_crs"])
    tier_list = read_tier_list(list_file) if list_file else old.tier_list
    kept = {name: read_layer(path, name) for name in _KEPT}
    roads = gpd.GeoDataFrame(read_layer(path, "roads"), crs=WGS84)
    earlier, measured = old.findings, findings_table("roads", [], "")
    if surveyed is not None:
        roads, measured = with_surveyed(roads, surveyed, profile, crs)
        kept["surveyed_widths"] = width_table(surveyed, kept["surveyed_widths"])
        earlier = earlier[(earlier["layer"] != "roads") | (earlier["source"] != surveyed.file)]
    around = Surroundings(kept["facilities"], kept["paths"], old.points["complaints"])
    grades = grade(roads, tier_list, old.decisions, profile, crs, around)
    findings = [earlier[~earlier["layer"].isin(["streets", "decisions"])], measured, grades.findings]
    layers = {**{kind: old.points[kind] for kind in LOCATED}, **kept}
    layers |= {"decisions": grades.decisions, "selections": old.selections}
    layers |= {"imports": old.imports, "mappings": old.mappings, "replaced": old.replaced}
    facts = {key: value for key, value in old.seen.items() if not key.startswith("version:")}
    facts |= rule_facts(profile) | _report(grades)
    write_study(path, {**layers, **_graded(grades, old.points, findings, tier_list)}, facts, old.seen)
    return grades.report, measured


_KEPT: Final = (
    *("paths", "facilities", "facility_areas", "context", "addresses", "quarters"),
    *("surveyed_widths", "population"),
)
"""Layers that grading leaves as they are."""


def _points(
    inputs: Inputs, old: _Old, roads: gpd.GeoDataFrame, place: Place | None, crs: pyproj.CRS, profile: Profile
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame, list[pd.DataFrame]]:
    """
    Read the given files of points, take the other kinds from the old study, and locate all of them.

    Returns the layers (of `facilities`, those that were imported), the imports, and the findings.
    """
    points: dict[str, gpd.GeoDataFrame] = {}
    findings = []
    imports = old.imports[~old.imports["kind"].isin(list(inputs.points))]
    for kind in KINDS:
        read, problems = old.points[kind], old.findings_of(kind)
        file = inputs.points.get(kind)
        if file is not None:
            reading = read_points(file, kind, profile, place)
            if reading.asks and reading.verdict is not None:
                raise InputError(reading.raw.name, reading.verdict.text, _ADD_LATER)
            number = next_import(imports)
            read, problems = reading.points.assign(import_id=number), reading.findings.assign(import_id=number)
            record = import_record(number, reading, kind, added=len(read))
            imports = together(imports, record, "imports")
        points[kind] = read if kind == "facilities" else locate(read, roads, crs, profile)
        findings += [problems, far_findings(points[kind], kind, profile["points.far_from_streets"], "")]
    return points, imports, findings


_ADD_LATER = Text(
    "请先不带该文件生成，再用 jiexu add --crs 指明坐标系导入",
    "Build without this file, then import it with jiexu add --crs, which says the system",
)


def _of(replaced: pd.DataFrame, imports: pd.DataFrame) -> pd.DataFrame:
    """Return the replaced rows of imports that the study still has."""
    return replaced[replaced["import_id"].isin(imports["import_id"])]


def _facts(
    inputs: Inputs, ways: Ways, roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile
) -> dict[str, str | None]:
    """Return what the table `about` says of the study as a whole."""
    return {
        "built_at": now().isoformat(),
        "metric_crs": crs.to_string(),
        "extent": json.dumps([float(value) for value in roads.total_bounds]),
        "osm_date": ways.dated.isoformat() if ways.dated else None,
        "osm_source": inputs.osm_source or inputs.osm.name,
        **rule_facts(profile),
        "credit": CREDIT,
    }


@dataclass(frozen=True)
class _Old:
    """What an existing study hands on to the one that replaces it; `points` has the imported facilities too."""

    seen: dict[str, str]
    decisions: pd.DataFrame
    selections: pd.DataFrame
    tier_list: StreetList | None
    widths: pd.DataFrame
    population: gpd.GeoDataFrame
    quarters: gpd.GeoDataFrame
    points: dict[str, gpd.GeoDataFrame]
    findings: pd.DataFrame
    imports: pd.DataFrame
    mappings: pd.DataFrame
    replaced: pd.DataFrame

    @property
    def identity(self) -> dict[str, str]:
        return {key: self.seen[key] for key in ("study_id", RESIDENTS_TOTAL) if key in self.seen}

    @classmethod
    def of(cls, path: Path) -> _Old:
        # refuses to replace a file that is no study
        seen = about(path, older=True) if path.exists() else {}
        there = {name for name, _ in pyogrio.list_layers(path)} if seen else set()

        def table(name: str) -> pd.DataFrame:
            return read_layer(path, name, older=True) if name in there else conform(pd.DataFrame(), name)

        def points(kind: str) -> gpd.GeoDataFrame:
            read = table(kind)
            layer = gpd.GeoDataFrame(read, geometry=None if "geometry" in read else [], crs=WGS84)
            return layer[layer["import_id"].notna()].reset_index(drop=True) if kind == "facilities" else layer

        findings = table("findings")
        tier_list = None
        if "tier_list" in there:
            rows = pd.DataFrame(read_layer(path, "tier_list", older=True))
            file = str(rows["file"].iloc[0]) if len(rows) else ""
            # the rows that the reader refused; what does not match a street is found anew
            refused = findings[(findings["layer"] == "streets") & ~findings["row"].isin(rows["row"])]
            grades = rows.reindex(columns=list(LIST_COLUMNS)).astype(object)
            tier_list = StreetList(file, grades.where(grades.notna(), None), refused)
        quarters = points("quarters")
        return cls(
            seen,
            table("decisions"),
            table("selections"),
            tier_list,
            table("surveyed_widths"),
            points("population"),
            quarters[~quarters["source"].isin(["OSM", "streets"])].reset_index(drop=True),
            {kind: points(kind) for kind in KINDS},
            findings,
            table("imports"),
            table("mappings"),
            table("replaced"),
        )

    def findings_of(self, kind: str) -> pd.DataFrame:
        """Return what the reader found; what was found of positions is found anew."""
        return self.findings[(self.findings["layer"] == kind) & (self.findings["column"] != "distance_m")]


def _read_boundary(file: Path, roads: gpd.GeoDataFrame) -> shapely.Geometry:
    polygons = read_polygons(file, Text("边界", "boundary"))
    boundary = shapely.union_all(polygons.geometry.to_numpy())
    if not shapely.intersects(roads.geometry.to_numpy(), boundary).any():
        raise InputError(
            file,
            Text(
                "边界内没有一条道路，边界在数据范围之外", "No road lies within the boundary: it is outside the extract"
            ),
            Text(
                "请检查边界的坐标系，或换用覆盖该区域的数据",
                "Check its coordinate system, or use an extract of that area",
            ),
        )
    return boundary


def _way_findings(ways: Ways, file: Path) -> pd.DataFrame:
    missing = np.isnan(ways.lonlat[:, 0])
    broken = ways.table["way_id"].to_numpy()[np.unique(ways.way[missing])].tolist()
    some = ", ".join(str(way) for way in broken[:_NAMED_WAYS]) + (" …" if len(broken) > _NAMED_WAYS else "")
    finding = Finding(
        None,
        "way_id",
        Text(
            f"{len(broken)} 条路径有节点不在数据中：{some}", f"{len(broken)} ways have nodes beyond the extract: {some}"
        ),
        Text("在缺口处断开，其余保留", "They were cut at the gaps, the rest is kept"),
    )
    return findings_table("roads", [finding] if broken else [], file.name)


_NAMED_WAYS = 20
