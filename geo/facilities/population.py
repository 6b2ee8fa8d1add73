"""A population that is given to a study: by areas, points of a grid, a raster or quarters, or as one known number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats
from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.masked_words import mask_words, masked
from geo.core.masking import mask
from geo.core.name_matching import normal_name
from geo.core.records import document_rows
from geo.core.text import Text
from geo.facilities.documents import PopulationDocument
from geo.facilities.residents import RESIDENTS_TOTAL, Shapes
from geo.files.crs_detection import Ground
from geo.files.place_files import read_placed
from geo.files.raster_files import RASTERS, read_raster
from geo.files.unread_columns import unread_finding
from geo.points.cleaning import numbers
from geo.points.imports import place_in
from geo.study.documents import FindingDocument
from geo.study.findings import Finding, findings_table
from geo.study.reader import Study, on_study
from geo.study.schema import conform_geo

_FIELDS: Final = {
    "residents": (
        *("population", "pop", "people", "persons", "inhabitants", "value"),
        *(
            "人口",
            "人口数",
            "总人口",
            "常住人口",
            "户籍人口",
            "居民数",
            "居民人口",
            "人数",
            "人口（人）",
            "人口数量",
            "常住人口数",
            "居住人口",
        ),
    ),
    "name": (
        "quarter",
        "community",
        "district",
        "名称",
        "社区",
        "社区名称",
        "街道",
        "小区",
        "小区名称",
        "片区",
        "片区名称",
    ),
}


class Population(NamedTuple):
    """A population as it was read: the layer `population`, the findings, and the columns that nothing reads."""

    layer: gpd.GeoDataFrame
    findings: pd.DataFrame
    unread: Sequence[str] = ()


def read_population(file: Path, quarters: gpd.GeoDataFrame, ground: Ground, sheets: Sequence[str] = ()) -> Population:
    """
    Read a population: areas or points with a number each, a table of quarters by name, with a column `population`
    (人口), or a raster of people per cell (GeoTIFF), cut to the cells around the study.

    Parameters
    ----------
    file
        As `geo.files.place_files.read_placed` takes it, or `.tif`.
    quarters
        The study's layer, to which the names of a table belong.
    ground
        The study's streets: which coordinate system a table of places is in.
    sheets
        The sheets or layers to read; by default all that fit.

    Raises
    ------
    InputError
        If it cannot be read, has no column of people, or no usable row.
    """
    if file.suffix.lower() in RASTERS:
        lonlat, value = read_raster(file, ground)
        return _population(file, np.arange(1, len(value) + 1), None, value, shapely.points(lonlat), [])
    read = read_placed(file, _FIELDS, Text("人口", "population"), ground, sheets)
    found, geometry, findings = read.fields, read.geometry, read.findings
    if found["residents"].isna().all():
        raise InputError(
            file,
            Text("没有人口列", "There is no column of people"),
            Text("请提供名为“人口”或 population 的列", "Give a column called population or 人口"),
            column="population",
        )
    people = numbers(found["residents"], "population", findings, False).to_numpy(dtype=float, na_value=np.nan)
    _by_name(found["name"], geometry, quarters, findings)
    good = np.isfinite(people) & (people >= 0) & ~shapely.is_missing(geometry)
    if not good.any():
        raise InputError(
            file,
            Text("没有一行可用", "No row can be used"),
            Text(
                "每行请给出人口，以及经纬度、面或片区名称",
                "Give people in each row, and coordinates, an area or the name of a quarter",
            ),
        )
    names = mask(found["name"]).to_numpy(dtype=object)[good]
    told = read.located([*findings, *unread_finding(read.unread)])
    made = _population(file, found.index.to_numpy()[good], names, people[good], geometry[good], told)
    return made._replace(unread=read.unread)


def _population(
    file: Path,
    rows: NDArray[np.int64],
    names: NDArray[np.object_] | None,
    people: Floats,
    geometry: Shapes,
    findings: list[Finding],
) -> Population:
    ids = [f"P{row}" for row in rows]
    table = pd.DataFrame({"population_id": ids, "name": names, "residents": people, "source": masked(file.name)})
    made = gpd.GeoDataFrame(table, geometry=geometry, crs=WGS84)
    return Population(conform_geo(made, "population"), findings_table("population", findings, file.name))


def _by_name(names: pd.Series, geometry: Shapes, quarters: gpd.GeoDataFrame, findings: list[Finding]) -> None:
    """Give rows without a place the quarter of their name."""
    known = {normal_name(name): row for row, name in enumerate(quarters["name"]) if isinstance(name, str)}
    shapes = quarters.geometry.to_numpy(dtype=object)
    for row in np.flatnonzero(shapely.is_missing(geometry)):
        name = names.iloc[row] or ""
        if normal_name(name) in known:
            geometry[row] = shapes[known[normal_name(name)]]
            continue
        problem = Text(f"没有名为“{name}”的片区，也没有坐标", f"No quarter is called “{name}”, and no coordinates")
        findings.append(Finding(int(names.index[row]), "name", problem, Text("该行未采用", "The row was left out")))


@on_study
def set_population(
    study: Study, file: Path | None, total: float | None = None, name: str | None = None, sheets: Sequence[str] = ()
) -> PopulationDocument:
    """
    Give a study the population of its areas, or the known number of its residents.

    Parameters
    ----------
    study
        The study, or its path.
    file
        As `read_population` takes it; it replaces what was given before. None leaves that.
    total
        The known number; 0 forgets it. None leaves it as it is.
    name
        What to call the file; by default its own name.
    sheets
        The sheets or layers of the file to read; by default all that fit.

    Returns
    -------
    summary
        `rows`, `residents`, `total`, and the `findings` of the file.

    Raises
    ------
    InputError, StudyError
        For a file that cannot be read, or a study that cannot be written. The study is untouched then.
    """
    layers: dict[str, pd.DataFrame] = {}
    layer: pd.DataFrame = study.table("population")
    problems: list[FindingDocument] = []
    unread: list[str] = []
    if file is not None:
        read = read_population(file, study.layer("quarters"), place_in(study).ground, sheets)
        unread = mask_words(read.unread)
        layer = read.layer.assign(source=masked(name or file.name))
        known = study.table("findings")
        kept = known[known["layer"] != "population"]
        both = [part for part in (kept, read.findings) if len(part)]
        layers = {"population": layer, "findings": pd.concat(both, ignore_index=True) if both else kept}
        problems = document_rows(read.findings, FindingDocument)
    study.write(layers, {} if total is None else {RESIDENTS_TOTAL: str(total) if total > 0 else ""})
    kept_total = study.facts.get(RESIDENTS_TOTAL)
    return {
        "rows": len(layer),
        "residents": round(float(layer["residents"].sum()), 1),
        "total": float(kept_total) if kept_total else None,
        "unread": unread,
        "findings": problems,
    }
