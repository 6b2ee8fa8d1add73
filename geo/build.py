"""From input files to a finished study."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.core.errors import InputError
from geo.core.place import Place as WorldPlace
from geo.core.place import place_at, place_facts
from geo.core.text import Text
from geo.core.vocabulary import CREDIT
from geo.facilities.residents import RESIDENTS_TOTAL
from geo.files.area_files import read_areas
from geo.points.imports import far_findings, import_record, next_import, reading_place
from geo.points.reading import KINDS, Place, PointKind, read_points
from geo.points.stretches import located_shapes
from geo.rules.loader import Profile, load_profile
from geo.streets.extract import Ways, read_features, read_ways
from geo.streets.quarters import make_quarters, read_quarters
from geo.streets.roads import make_paths, make_roads
from geo.streets.street_lists import StreetList
from geo.streets.surveyed_widths import kept_widths, read_widths, width_table, with_surveyed
from geo.study.carried_over import CarriedOver
from geo.study.file import now, rule_facts
from geo.study.findings import Finding, findings_table
from geo.study.schema import together
from geo.study.writing import until_unchanged, write_study
from geo.tiers.grading import grade
from geo.tiers.official_list import read_tier_list
from geo.tiers.result import TIER_LIST, TIERS
from geo.tiers.scoring import Surroundings
from geo.tiers.study import graded_layers, kept_list

OnStep = Callable[[Text], None]
"""Called as each step of a build begins."""


STEPS: Final = 7
"""How many steps a build reports."""

_CHOSEN: Final = "place_chosen"
"""The fact that names the options of a place that a person gave: they stay when the study is built anew."""

_NAMED_WAYS: Final = 20
_ADD_LATER: Final = Text(
    "请先不带该文件生成，再用 jiexu add --crs 指明坐标系导入",
    "Build without this file, then import it with jiexu add --crs, naming its coordinate system",
)


@dataclass(frozen=True)
class Inputs:
    """
    The files and options of a new study.

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


@until_unchanged
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
    old = CarriedOver(path)
    profile = load_profile(inputs.rules)

    on_step(Text("读取道路", "Reading roads"))
    ways = read_ways(inputs.osm, [*profile["roads.kept_highways"], *profile["network.walk.paths"]])
    on_step(Text("切分路段、归并街道", "Cutting segments, assembling streets"))
    carriageways = ways.only(profile["roads.kept_highways"])
    roads, crs = make_roads(carriageways, profile, inputs.osm)
    paths = make_paths(ways, carriageways, profile, crs)
    boundary, area_findings = None, findings_table("roads", [], "")
    if inputs.boundary is not None:
        boundary, area_findings = _read_boundary(inputs.boundary, roads)
        roads, paths = _inside(boundary, roads, paths)
    world, chosen = _world(inputs, old, roads)

    on_step(Text("读取设施和底图", "Reading facilities and base map"))
    facilities, areas, context, addresses = _features(inputs.osm, boundary, profile)

    surveyed = (
        read_widths(inputs.widths)
        if inputs.widths
        else kept_widths(old.table("surveyed_widths"), old.table("findings"))
    )
    roads, width_findings = with_surveyed(roads, surveyed, profile, crs)
    mapped = context["kind"] == "quarter"
    quarters, quarter_findings = _quarters(inputs, old, roads, context[mapped], crs, profile)
    context = context[~mapped].reset_index(drop=True)

    on_step(Text("读取点位", "Reading points"))
    place = None
    if inputs.points:
        place = reading_place(roads, addresses, [facilities, context], crs, world.timezone, profile)
    points, imports, point_findings = _points(inputs, old, roads, place, crs, profile)
    facilities = together(facilities, points.pop("facilities"), "facilities")

    on_step(Text("评定等级", "Grading streets"))
    tier_list = read_tier_list(inputs.tiers) if inputs.tiers else _old_list(old)
    surroundings = Surroundings(facilities, paths, points["complaints"])
    grades = grade(roads, tier_list, old.table("decisions"), profile, crs, surroundings)

    on_step(Text("写入研究文件", "Writing the study"))
    findings = [_way_findings(ways, inputs.osm), width_findings, grades.findings, *point_findings]
    findings += [area_findings, quarter_findings]
    ground = {"facility_areas": areas, "context": context, "addresses": addresses, "quarters": quarters}
    layers = {"paths": paths, "facilities": facilities, **ground, **points}
    layers |= {"imports": imports, "mappings": old.table("mappings"), "replaced": _of(old.table("replaced"), imports)}
    layers |= {"decisions": grades.decisions, "selections": old.table("selections")}
    layers |= {"surveyed_widths": width_table(surveyed), "population": old.layer("population")}
    layers |= graded_layers(grades, points, findings, tier_list)
    facts = {**old.facts("study_id", RESIDENTS_TOTAL), **_facts(inputs, ways, roads, crs, profile)}
    facts |= {**place_facts(world), _CHOSEN: chosen}

    def results(after: Mapping[str, str]) -> dict[str, str]:
        return TIERS.kept(grades.report, after, f"jiexu build {path.name} --osm {inputs.osm.name}")

    write_study(path, layers, facts, old.seen, results)
    on_step(Text("完成", "Done"))


def _inside(
    boundary: shapely.Geometry, roads: gpd.GeoDataFrame, paths: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the streets that touch a boundary, whole, and the paths around them."""
    touching = roads.loc[shapely.intersects(roads.geometry, boundary), "street_id"]
    roads = roads[roads["street_id"].isin(touching)].reset_index(drop=True)
    near = shapely.intersects(paths.geometry, shapely.box(*roads.total_bounds))
    return roads, paths[near].reset_index(drop=True)


def _features(osm: Path, boundary: shapely.Geometry | None, profile: Profile) -> tuple[gpd.GeoDataFrame, ...]:
    """Return facilities, their areas, context and addresses; within a boundary, and context and addresses around it."""
    features = read_features(osm, profile.group("facilities.kinds"), profile.group("context.kinds"))
    facilities, areas, context, addresses = features
    if boundary is None:
        return facilities, areas, context, addresses
    around = shapely.box(*boundary.bounds)
    facilities = facilities[shapely.intersects(facilities.geometry, boundary)].reset_index(drop=True)
    areas = areas[areas["facility_id"].isin(facilities["facility_id"])].reset_index(drop=True)
    context = context[shapely.intersects(context.geometry, around)].reset_index(drop=True)
    addresses = addresses[shapely.intersects(addresses.geometry, around)].reset_index(drop=True)
    return facilities, areas, context, addresses


def _world(inputs: Inputs, old: CarriedOver, roads: gpd.GeoDataFrame) -> tuple[WorldPlace, str]:
    """Return the study's place in the world, and the options of it given by a person, now or for the old study."""
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
    old: CarriedOver,
    roads: gpd.GeoDataFrame,
    mapped: gpd.GeoDataFrame,
    crs: pyproj.CRS,
    profile: Profile,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Return the quarters of the given file, else of an earlier one, else as the extract has or suggests them; and the
    findings of their file.
    """
    if inputs.quarters is not None:
        return read_quarters(inputs.quarters, roads)
    kept = old.layer("quarters")
    kept = kept[~kept["source"].isin(["OSM", "streets"])].reset_index(drop=True)
    if len(kept):
        found = old.table("findings")
        return kept, found[found["layer"] == "quarters"]
    return make_quarters(roads, mapped, crs, profile), findings_table("quarters", [], "")


def _points(
    inputs: Inputs, old: CarriedOver, roads: gpd.GeoDataFrame, place: Place | None, crs: pyproj.CRS, profile: Profile
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame, list[pd.DataFrame]]:
    """
    Read the given files of points, take the other kinds from the old study, and locate all of them.

    Returns the layers (of `facilities`, those that were imported), the imports, and the findings.
    """
    points: dict[str, gpd.GeoDataFrame] = {}
    findings = []
    imports, known, earlier = old.table("imports"), old.table("findings"), _old_points(old)
    imports = imports[~imports["kind"].isin(list(inputs.points))]
    # what was found of positions is found anew
    known = known[known["column"] != "distance_m"]
    for kind in KINDS:
        read, problems = earlier[kind], known[known["layer"] == kind]
        file = inputs.points.get(kind)
        if file is not None:
            reading = read_points(file, kind, profile, place)
            if reading.asks and reading.verdict is not None:
                raise InputError(reading.raw.name, reading.verdict.text, _ADD_LATER)
            number = next_import(imports)
            read, problems = reading.points.assign(import_id=number), reading.findings.assign(import_id=number)
            record = import_record(number, reading, kind, added=len(read))
            imports = together(imports, record, "imports")
        points[kind] = read if kind == "facilities" else located_shapes(read, roads, crs, profile)
        findings += [problems, far_findings(points[kind], kind, profile["points.far_from_streets"], "")]
    return points, imports, findings


def _of(replaced: pd.DataFrame, imports: pd.DataFrame) -> pd.DataFrame:
    """Return the replaced rows of imports that the study still has."""
    return replaced[replaced["import_id"].isin(imports["import_id"])]


def _facts(
    inputs: Inputs, ways: Ways, roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile
) -> dict[str, str | None]:
    """Return the facts of the study as a whole, for the table `about`."""
    return {
        "built_at": now().isoformat(),
        "metric_crs": crs.to_string(),
        "extent": json.dumps([float(value) for value in roads.total_bounds]),
        "osm_date": ways.dated.isoformat() if ways.dated else None,
        "osm_source": inputs.osm_source or inputs.osm.name,
        **rule_facts(profile),
        "credit": CREDIT,
    }


def _old_points(old: CarriedOver) -> dict[str, gpd.GeoDataFrame]:
    """Return the points of an earlier study by kind; of facilities, the imported ones."""
    points = {kind: old.layer(kind) for kind in KINDS}
    imported = points["facilities"]["import_id"].notna()
    return points | {"facilities": points["facilities"][imported].reset_index(drop=True)}


def _old_list(old: CarriedOver) -> StreetList | None:
    return kept_list(old.table(TIER_LIST), old.table("findings")) if old.has(TIER_LIST) else None


def _read_boundary(file: Path, roads: gpd.GeoDataFrame) -> tuple[shapely.Geometry, pd.DataFrame]:
    """Return the areas of a boundary together, and the findings of rows that were left out."""
    areas, findings = read_areas(file, Text("边界", "boundary"))
    boundary = shapely.union_all(areas.geometry.to_numpy())
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
    return boundary, findings_table("roads", findings, file.name)


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
