"""Take a layer away as a file of another kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pyproj

from geo.core.aside import aside
from geo.core.errors import StudyError, writing
from geo.core.plain_paths import write_under
from geo.core.text import Text
from geo.core.vocabulary import CREDIT
from geo.study.export_formats import DRIVERS, SUFFIXES
from geo.study.export_shapefile import write_shapefile
from geo.study.export_tables import csv_cells, in_zone, write_csv, write_xlsx
from geo.study.file import about, read_layer
from geo.study.qgis_styles import write_styles
from geo.study.reader import Study


class Written(NamedTuple):
    """
    A file that was written.

    Attributes
    ----------
    rows
        How many it holds.
    notes
        One sentence for each thing that its format cannot hold, with the rows concerned; also in the file's own notes
        (the sheet `credit`, the text file beside it).
    """

    rows: int
    notes: tuple[Text, ...] = ()


def export_layer(study: Path, layer: str, to: Path, crs: str | None = None) -> Written:
    """
    Write one layer of a study to a file, by its suffix.

    Geometry is WGS 84 unless another system is asked for; CSV and XLSX carry it as WKT (points as lon, lat too, or x, y
    in metres). Times are in the study's own time zone (GeoPackage keeps UTC, as its standard asks), and real dates in
    XLSX. No cell is run as a formula: in CSV an apostrophe stands before it, which an import takes away again. Every
    file carries the credit: as metadata (GeoPackage, GeoParquet), as a field (GeoJSON's `description`), as a sheet
    (XLSX) or as a text file of the same name beside it (CSV, Shapefile). The names that a Shapefile has room for are
    explained in `NAME.fields.csv` beside it.

    Parameters
    ----------
    study
        The study.
    layer
        Its layer.
    to
        The file; its suffix says how.
    crs
        The coordinate system: `grid` for the national grid of the study's place, `metric` for the system in which its
        lengths are computed, or what pyproj takes (EPSG:27700).

    Returns
    -------
    written
        How many rows, and what the format could not hold.

    Raises
    ------
    StudyError
        For an unknown layer, suffix or coordinate system, or a place that cannot be written.
    """
    suffix = to.suffix.lower()
    if suffix not in SUFFIXES:
        raise StudyError(
            Text(f"不支持的格式 {suffix or to.name}", f"The format {suffix or to.name} is not supported"),
            Text(f"请使用 {'、'.join(SUFFIXES)}", f"Use one of {', '.join(SUFFIXES)}"),
        )
    table = read_layer(study, layer)
    opened = Study(study)
    if crs is not None and isinstance(table, gpd.GeoDataFrame):
        table = table.to_crs(_system(opened, crs))
    credit, zone = credit_line(study, layer), opened.place.timezone
    notes: list[Text] = []
    with writing(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".gpkg":
            replaced(to, lambda path: _write_geopackage(table, path, layer, credit))
        elif suffix in DRIVERS and suffix != ".shp":
            local, options = in_zone(table, zone), {"DESCRIPTION": credit}
            replaced(
                to,
                lambda path: pyogrio.write_dataframe(
                    local, path, driver=DRIVERS[suffix], layer=layer, layer_options=options
                ),
            )
        elif suffix == ".shp":
            notes += write_shapefile(table, layer, to, zone)
        elif suffix == ".parquet":
            replaced(to, lambda path: _write_parquet(in_zone(table, zone), path, credit))
        elif suffix == ".csv":
            replaced(to, lambda path: write_csv(csv_cells(table, zone), path))
        else:
            replaced(to, lambda path: notes.extend(write_xlsx(table, path, layer, credit, zone)))
        if suffix in (".csv", ".shp"):
            write_credit(to, credit, notes)
    return Written(len(table), tuple(notes))


def _system(opened: Study, name: str) -> pyproj.CRS:
    """Return the coordinate system of a name, as `export_layer` takes it."""
    grid = opened.place.national_grid
    known = {"metric": opened.crs, **({} if grid is None else {"grid": pyproj.CRS.from_epsg(grid)})}
    try:
        return known.get(name.strip().lower()) or pyproj.CRS.from_user_input(int(name) if name.isdigit() else name)
    except pyproj.exceptions.CRSError as error:
        offers = ["EPSG:4326", "metric", *([] if grid is None else [f"grid (EPSG:{grid})"])]
        raise StudyError(
            Text(f"未知坐标系“{name}”", f"The coordinate system “{name}” is unknown"),
            Text(f"可写 {'、'.join(offers)} 或其他 EPSG 代码", f"Write {', '.join(offers)} or another EPSG code"),
        ) from error


def credit_line(study: Path, layer: str) -> str:
    """Return the source of an export in words: layer, study, dates, OpenStreetMap's credit."""
    facts = about(study)
    return f"{layer}, {study.name}, {facts['built_at'][:10]}; OSM {(facts['osm_date'] or '?')[:10]}: {CREDIT}"


def write_credit(to: Path, credit: str, notes: Sequence[Text] = ()) -> None:
    """Write the credit of an export, and its notes, in a text file beside it."""
    lines = [credit, *(line for note in notes for line in (note.zh, note.en))]
    to.with_name(to.name + ".credit.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def replaced(to: Path, write: Callable[[Path], object]) -> None:
    """Write a file aside and put it in place, so that a failure leaves the old one as it was."""
    with aside(to) as folder:
        write_under(folder / to.name, write)
        (folder / to.name).replace(to)


def _write_geopackage(table: pd.DataFrame, to: Path, layer: str, credit: str) -> None:
    """Write a layer with its credit, and with the style that QGIS draws it in."""
    options = {"DESCRIPTION": credit, "GEOMETRY_NAME": "geom"}
    if not isinstance(table, gpd.GeoDataFrame):
        del options["GEOMETRY_NAME"]
    pyogrio.write_dataframe(
        table, to, driver="GPKG", layer=layer, layer_options=options, layer_metadata={"CREDIT": credit}
    )
    write_styles(to, [layer])


def _write_parquet(table: pd.DataFrame, to: Path, credit: str) -> None:
    table.to_parquet(to)
    arrow = pq.read_table(to)
    pq.write_table(arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), b"credit": credit.encode()}), to)
