"""From input files to a finished study."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.affinity import translate

from geo.core.crs import scale_error
from geo.core.errors import InputError
from geo.core.extents import Extent, extent_of, unwrapped
from geo.core.masked_words import masked
from geo.core.place import Place as WorldPlace
from geo.core.place import place_at, place_facts
from geo.core.text import Text
from geo.core.vocabulary import CREDIT
from geo.facilities.residents import RESIDENTS_TOTAL
from geo.files.area_files import read_areas
from geo.files.questions import Question
from geo.files.reading_apart import warm
from geo.files.unread_columns import unread_finding
from geo.points.category_words import words_kept
from geo.points.import_records import import_record, next_import
from geo.points.imports import far_findings, on_streets, reading_place
from geo.points.known_identities import known_identities, renamed_identities
from geo.points.reading import KINDS, Options, Place, PointKind, read_points
from geo.rules.loader import Profile, load_profile
from geo.streets.doubled_ways import without_doubled
from geo.streets.extract import Ways, open_extract, read_ways
from geo.streets.features import read_features
from geo.streets.ordered_extract import Extract
from geo.streets.quarters import make_quarters, read_quarters
from geo.streets.reach import main_extent, within_reach
from geo.streets.roads import make_paths, make_roads
from geo.streets.street_lists import StreetList
from geo.streets.surveyed_widths import kept_widths, read_widths, width_table, with_surveyed
from geo.study.carried_over import CarriedOver
from geo.study.file import now, rule_facts
from geo.study.findings import Finding, findings_table
from geo.study.keys import FINGERPRINT, StudyKey, keep_key, study_key
from geo.study.pseudonyms import Pseudonyms
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
_BEYOND: Final = 0.5
"""Facilities and ground further from the roads, in degrees, are along no street: strays of the extract."""


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
        A file of polygons, or a box (west, south, east, north in degrees); streets that touch them are kept whole.
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
    new_key
        Whether a new key stands in for the old study's, if that is lost.
    quarters_layers
        The layers or sheets of the file of quarters to read; by default all of areas.
    """

    osm: Path
    osm_source: str = ""
    boundary: Path | Extent | None = None
    tiers: Path | None = None
    points: Mapping[PointKind, Path] = field(default_factory=dict)
    rules: str = "china"
    quarters: Path | None = None
    widths: Path | None = None
    timezone: str | None = None
    country: str | None = None
    new_key: bool = False
    quarters_layers: tuple[str, ...] = ()


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
    warm()
    old, profile = CarriedOver(path), load_profile(inputs.rules)

    area, area_findings = _boundary(inputs.boundary)
    with open_extract(inputs.osm) as extract:
        on_step(Text("读取道路", "Reading roads"))
        streets, footpaths = profile["roads.kept_highways"], profile["network.walk.paths"]
        ways = read_ways(extract, [*streets, *footpaths])
        found = _way_findings(ways)
        on_step(Text("切分路段、归并街道", "Cutting segments, assembling streets"))
        ways, doubled = without_doubled(ways, streets, footpaths)
        ways, chosen_crs, strays = within_reach(ways, inputs.osm, None if area is None else area.extent)
        found += [*doubled, *strays]
        carriageways = ways.only(streets)
        roads, crs = make_roads(carriageways, profile, inputs.osm, chosen_crs)
        paths = make_paths(ways, carriageways, profile, crs)
        if area is not None:
            roads, paths = _inside(area, roads, paths)
        world, chosen = _world(inputs, old, roads)

        on_step(Text("读取设施和底图", "Reading facilities and base map"))
        facilities, areas, context, addresses = _features(extract, area, roads, profile)

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
    points, imports, point_findings, key = _points(inputs, old, roads, place, crs, profile)
    facilities = together(facilities, points.pop("facilities"), "facilities")

    on_step(Text("评定等级", "Grading streets"))
    tier_list = read_tier_list(inputs.tiers) if inputs.tiers else _old_list(old)
    surroundings = Surroundings(facilities, paths, points["complaints"], quarters)
    grades = grade(roads, tier_list, old.table("decisions"), profile, crs, surroundings)

    on_step(Text("写入研究文件", "Writing the study"))
    findings = [findings_table("roads", found, inputs.osm.name), width_findings, grades.findings, *point_findings]
    findings += [area_findings, quarter_findings]
    ground = {"facility_areas": areas, "context": context, "addresses": addresses, "quarters": quarters}
    layers = {"paths": paths, "facilities": facilities, **ground, **points}
    layers |= {
        "imports": imports,
        "mappings": old.table("mappings"),
        "category_words": old.table("category_words"),
        "replaced": _of(old.table("replaced"), imports),
    }
    layers |= {"decisions": grades.decisions, "selections": old.table("selections")}
    layers |= {"surveyed_widths": width_table(surveyed), "population": old.layer("population")}
    layers |= graded_layers(grades, points, findings, tier_list)
    facts = {**old.facts("study_id", RESIDENTS_TOTAL, FINGERPRINT), **_facts(inputs, ways, roads, crs, profile)}
    facts |= {**place_facts(world), _CHOSEN: chosen, **keep_key(path, key)}

    def results(after: Mapping[str, str]) -> dict[str, str]:
        return TIERS.kept(grades.report, after, f"jiexu build {path.name} --osm {masked(inputs.osm.name)}")

    write_study(path, layers, facts, old.seen, results)
    on_step(Text("完成", "Done"))


class _Area(NamedTuple):
    """A study's boundary: its name in errors, its shape in degrees, and its extent."""

    name: Path | str
    shape: shapely.Geometry
    extent: Extent


def _boundary(given: Path | Extent | None) -> tuple[_Area | None, pd.DataFrame]:
    """Return the boundary that a file or a box makes, and the findings of rows of the file that were left out."""
    if given is None:
        return None, findings_table("roads", [], "")
    if not isinstance(given, Path):
        west, south, east, north = given
        sides = [(west, east)] if west < east else [(west, 180.0), (-180.0, east)]
        boxes = [shapely.box(low, south, high, north) for low, high in sides]
        return _Area("--boundary", shapely.union_all(boxes), given), findings_table("roads", [], "")
    areas, findings = read_areas(given, Text("边界", "boundary"))
    shape = shapely.union_all(areas.geometry.to_numpy())
    extent = extent_of(shapely.get_coordinates(shape))
    return _Area(given, shape, extent), findings_table("roads", findings, given.name)


def _inside(area: _Area, roads: gpd.GeoDataFrame, paths: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the streets that touch a boundary, whole, and the paths around them."""
    touches = shapely.intersects(roads.geometry.to_numpy(), area.shape)
    if not touches.any():
        raise InputError(
            area.name,
            Text(
                "边界内没有一条道路，边界在数据范围之外", "No road lies within the boundary: it is outside the extract"
            ),
            Text(
                "请检查边界的坐标系，或换用覆盖该区域的数据",
                "Check its coordinate system, or use an extract of that area",
            ),
        )
    roads = roads[roads["street_id"].isin(roads.loc[touches, "street_id"])].reset_index(drop=True)
    return roads, _near(paths, extent_of(roads.get_coordinates().to_numpy()))


def _near(rows: gpd.GeoDataFrame, extent: Extent, margin: float = 0.0) -> gpd.GeoDataFrame:
    """Return the rows that reach into an extent, or within a margin of it in degrees."""
    west, south, east, north = unwrapped(extent)
    box = shapely.box(west - margin, south - margin, east + margin, north + margin)
    near = shapely.intersects(rows.geometry, box)
    for turn in (-360, 360) if west - margin < -180 or east + margin > 180 else ():
        near |= shapely.intersects(rows.geometry, translate(box, turn))
    return rows[near].reset_index(drop=True)


def _features(
    extract: Extract, area: _Area | None, roads: gpd.GeoDataFrame, profile: Profile
) -> tuple[gpd.GeoDataFrame, ...]:
    """
    Return facilities, their areas, context and addresses.

    With a boundary they lie within it, context and addresses around it; without one, along the roads.
    """
    features = read_features(extract, profile.group("facilities.kinds"), profile.group("context.kinds"))
    facilities, areas, context, addresses = features
    if area is None:
        extent = extent_of(roads.get_coordinates().to_numpy())
        return tuple(_near(layer, extent, _BEYOND) for layer in features)
    facilities = facilities[shapely.intersects(facilities.geometry, area.shape)].reset_index(drop=True)
    areas = areas[areas["facility_id"].isin(facilities["facility_id"])].reset_index(drop=True)
    return facilities, areas, _near(context, area.extent), _near(addresses, area.extent)


def _world(inputs: Inputs, old: CarriedOver, roads: gpd.GeoDataFrame) -> tuple[WorldPlace, str]:
    """Return the study's place in the world, and the options of it given by a person, now or for the old study."""
    kept = set(old.seen.get(_CHOSEN, "").split())
    options = {
        "timezone": inputs.timezone or (old.seen["timezone"] if "timezone" in kept else None),
        "country": inputs.country or ((old.seen["region"] or old.seen["country"]) if "country" in kept else None),
    }
    vertices = roads.get_coordinates()
    owner = pd.factorize(roads["street_id"])[0][vertices.index.to_numpy()]
    west, south, east, north = main_extent(vertices.to_numpy(), owner)
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
        return read_quarters(inputs.quarters, roads, inputs.quarters_layers)
    kept = old.layer("quarters")
    kept = kept[~kept["source"].isin(["OSM", "streets"])].reset_index(drop=True)
    if len(kept):
        found = old.table("findings")
        return kept, found[found["layer"] == "quarters"]
    return make_quarters(roads, mapped, crs, profile), findings_table("quarters", [], "")


def _points(
    inputs: Inputs, old: CarriedOver, roads: gpd.GeoDataFrame, place: Place | None, crs: pyproj.CRS, profile: Profile
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame, list[pd.DataFrame], StudyKey | None]:
    """
    Read the given files of points, take the other kinds from the old study, and locate all of them.

    Returns the layers (of `facilities`, those that were imported), the imports, the findings, and the study's key
    where there are pseudonyms.
    """
    points: dict[str, gpd.GeoDataFrame] = {}
    findings, hidden, words = [], 0, Options(categories=words_kept(old.table("category_words")))
    key = study_key(old.path, old.seen, inputs.new_key) if inputs.points else None
    imports, known, earlier = old.table("imports"), old.table("findings"), _old_points(old)
    imports = imports[~imports["kind"].isin(list(inputs.points))]
    known = known[known["column"] != "distance_m"]  # what was found of positions is found anew
    for kind in KINDS:
        read, problems = earlier[kind], known[known["layer"] == kind]
        file = inputs.points.get(kind)
        if file is not None:
            pseudonyms = Pseudonyms(key and key.secret, known_identities(read, kind).get)
            reading = read_points(file, kind, profile, place, words, pseudonyms=pseudonyms)
            hidden += reading.hidden
            if reading.questions:
                asked = reading.questions[0]
                raise InputError(reading.raw.name, asked.text, _add_later(asked), column=asked.column or None)
            number = next_import(imports)
            unread = findings_table(kind, unread_finding(reading.unread), reading.raw.name)
            problems = pd.concat([reading.findings, unread], ignore_index=True) if len(unread) else reading.findings
            read, problems = reading.points.assign(import_id=number), problems.assign(import_id=number)
            record = import_record(number, reading, kind, added=len(read))
            imports = together(imports, record, "imports")
        elif key is not None and key.replaces:
            problems = pd.concat([problems, renamed_identities(read, kind, "")])
        points[kind] = read if kind == "facilities" else on_streets(read, roads, crs, profile)
        findings += [problems, far_findings(points[kind], kind, profile["points.far_from_streets"], "")]
    return points, imports, findings, key if key is not None and (hidden or key.replaces) else None


def _add_later(asked: Question) -> Text:
    """Return the remedy for a file that asks: a build takes no answers."""
    answer = f"jiexu add {asked.answer} {'|'.join(asked.choices)}"
    return Text(f"请先不带该文件生成，再用 {answer} 导入", f"Build without this file, then import it with {answer}")


def _of(replaced: pd.DataFrame, imports: pd.DataFrame) -> pd.DataFrame:
    """Return the replaced rows of imports that the study still has."""
    return replaced[replaced["import_id"].isin(imports["import_id"])]


def _facts(
    inputs: Inputs, ways: Ways, roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile
) -> dict[str, str | None]:
    """Return the facts of the study as a whole, for the table `about`."""
    extent = extent_of(roads.get_coordinates().to_numpy())
    return {
        "built_at": now().isoformat(),
        "metric_crs": crs.to_string(),
        "extent": json.dumps(extent),
        "scale_error": str(scale_error(extent, crs)),
        "osm_date": ways.dated.isoformat() if ways.dated else None,
        "osm_source": masked(inputs.osm_source or inputs.osm.name),
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


def _way_findings(ways: Ways) -> list[Finding]:
    """Return the finding of ways with missing nodes."""
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
    return [finding] if broken else []
