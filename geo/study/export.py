"""Take a layer away as a file of another kind."""

from __future__ import annotations

import io
import secrets
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pyproj
from pandas.api.types import is_object_dtype, is_string_dtype

from geo.core.errors import StudyError, writing
from geo.core.text import Text
from geo.core.vocabulary import CREDIT
from geo.study.export_formats import DRIVERS, SUFFIXES
from geo.study.file import about, read_layer
from geo.study.qgis_styles import write_styles
from geo.study.reader import Study

_XLSX_CELL_LIMIT = 32767


def export_layer(study: Path, layer: str, to: Path, crs: str | None = None) -> int:
    """
    Write one layer of a study to a file, by its suffix.

    Geometry is WGS 84 unless another system is asked for; CSV and XLSX carry it as WKT (points as lon, lat too, or x, y
    in metres). Cells that a spreadsheet would run as a formula are made text. Every file carries the credit: as
    metadata (GeoPackage, GeoParquet), as a field (GeoJSON's `description`), as a sheet (XLSX) or as a text file of the
    same name beside it (CSV, Shapefile).

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
    rows
        How many were written.

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
    if crs is not None and isinstance(table, gpd.GeoDataFrame):
        table = table.to_crs(_system(study, crs))
    credit = credit_line(study, layer)
    with writing(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        if suffix in DRIVERS:
            _write_gdal(table, to, layer, DRIVERS[suffix], credit)
        elif suffix == ".parquet":
            _aside(to, lambda path: _write_parquet(table, path, credit))
        elif suffix == ".csv":
            _aside(to, lambda path: _flat(table).to_csv(path, index=False, encoding="utf-8-sig"))
        else:
            _aside(to, lambda path: _write_xlsx(_flat(table), path, layer, credit))
        if suffix in (".csv", ".shp"):
            to.with_name(to.name + ".credit.txt").write_text(credit + "\n", encoding="utf-8")
    return len(table)


def _system(study: Path, name: str) -> pyproj.CRS:
    """Return the coordinate system of a name, as `export_layer` takes it."""
    opened = Study(study)
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


def table_file(table: pd.DataFrame, suffix: str, name: str, credit: str) -> bytes:
    """
    Return a table as the content of a `.csv` or `.xlsx` file, its cells inert, with name and credit.

    Raises
    ------
    ValueError
        For another suffix.
    """
    flat = _flat(table)
    if suffix == ".csv":
        return flat.to_csv(index=False).encode("utf-8-sig")
    if suffix != ".xlsx":
        raise ValueError(suffix)
    target = io.BytesIO()
    _write_xlsx(flat, target, name, credit)
    return target.getvalue()


def credit_line(study: Path, layer: str) -> str:
    """Return the source of an export in words: layer, study, dates, OpenStreetMap's credit."""
    facts = about(study)
    return f"{layer}, {study.name}, {facts['built_at'][:10]}; OSM {(facts['osm_date'] or '?')[:10]}: {CREDIT}"


def _aside(to: Path, write: Callable[[Path], object]) -> None:
    """Write beside `to` and swap, so that a failure leaves the old file as it was."""
    aside = to.with_name(f".{secrets.token_hex(4)}{to.suffix}")
    try:
        write(aside)
        aside.replace(to)
    finally:
        aside.unlink(missing_ok=True)


def _write_gdal(table: pd.DataFrame, to: Path, layer: str, driver: str, credit: str) -> None:
    options = {"DESCRIPTION": credit}
    if driver == "ESRI Shapefile":
        _write_shapefile(table, to)
    elif driver == "GeoJSON":
        _aside(to, lambda path: pyogrio.write_dataframe(table, path, driver=driver, layer=layer, layer_options=options))
    else:
        _aside(to, lambda path: _write_geopackage(table, path, layer, credit))


def _write_geopackage(table: pd.DataFrame, to: Path, layer: str, credit: str) -> None:
    """Write a layer with its credit, and with the style that QGIS draws it in."""
    options = {"DESCRIPTION": credit, "GEOMETRY_NAME": "geom"}
    if not isinstance(table, gpd.GeoDataFrame):
        del options["GEOMETRY_NAME"]
    pyogrio.write_dataframe(
        table, to, driver="GPKG", layer=layer, layer_options=options, layer_metadata={"CREDIT": credit}
    )
    write_styles(to, [layer])


def _write_shapefile(table: pd.DataFrame, to: Path) -> None:
    if not isinstance(table, gpd.GeoDataFrame):
        raise StudyError(
            Text("该表没有几何，不能存为 Shapefile", "This table has no geometry and cannot be a Shapefile"),
            Text("请改用 .csv 或 .xlsx", "Use .csv or .xlsx"),
        )
    if table.geom_type.dropna().str.removeprefix("Multi").nunique() > 1:
        raise StudyError(
            Text("Shapefile 只能存一种几何", "A Shapefile holds one kind of geometry"),
            Text("请改用 .gpkg 或 .geojson", "Use .gpkg or .geojson"),
        )
    times = table.select_dtypes(["datetimetz"]).columns
    plain = table.assign(**{column: table[column].dt.strftime("%Y-%m-%dT%H:%M:%SZ") for column in times})
    with warnings.catch_warnings():
        # names of more than ten letters are cut, as everybody who asks for a Shapefile knows
        warnings.filterwarnings("ignore", "Normalized/laundered field name", RuntimeWarning)
        pyogrio.write_dataframe(plain, to, driver="ESRI Shapefile", encoding="UTF-8")


def _write_parquet(table: pd.DataFrame, to: Path, credit: str) -> None:
    table.to_parquet(to)
    arrow = pq.read_table(to)
    pq.write_table(arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), b"credit": credit.encode()}), to)


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of plain cells: geometry as WKT, times as text, no cell that starts a formula."""
    flat = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    if isinstance(table, gpd.GeoDataFrame):
        points = table.geometry.where(table.geom_type == "Point")
        if len(table) and points.notna().all():
            names = ("lon", "lat") if table.crs is None or table.crs.is_geographic else ("x", "y")
            flat[names[0]], flat[names[1]] = points.x, points.y
        flat["wkt"] = table.geometry.to_wkt(rounding_precision=7)
    for column in flat:
        if isinstance(flat[column].dtype, pd.DatetimeTZDtype):
            flat[column] = flat[column].dt.strftime("%Y-%m-%d %H:%M:%S%z")
        elif pd.api.types.is_string_dtype(flat[column]):
            flat[column] = inert(flat[column])
    return flat


def inert(text: pd.Series) -> pd.Series:
    """Return text cells that no spreadsheet runs as a formula: one that starts like a formula gets an apostrophe."""
    risky = text.astype("string").str.match(r"^[\s]*[=+\-@\t\r|]").fillna(False).to_numpy(dtype=bool)
    return text.where(~risky, "'" + text.astype("string")).astype(object)


def _write_xlsx(flat: pd.DataFrame, to: Path | io.BytesIO, layer: str, credit: str) -> None:
    texts = [name for name in flat if is_object_dtype(flat[name]) or is_string_dtype(flat[name])]
    for column in texts:
        flat[column] = flat[column].astype("string").str.replace(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", regex=True)
        flat[column] = flat[column].str.slice(0, _XLSX_CELL_LIMIT)
    with pd.ExcelWriter(to, engine="openpyxl") as writer:
        flat.to_excel(writer, sheet_name=layer, index=False)
        pd.DataFrame({"credit": [credit]}).to_excel(writer, sheet_name="credit", index=False)
