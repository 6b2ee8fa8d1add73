"""Bays as drawings and schedules for engineers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.core.errors import StudyError, writing
from geo.core.text import Text
from geo.study.export import Written, credit_line, export_layer, replaced, write_credit
from geo.study.export_tables import table_file
from geo.study.reader import Study, open_study


def schedule(bays: pd.DataFrame, streets: pd.DataFrame) -> pd.DataFrame:
    """
    Return the schedule of bays by street (泊位明细表): `street_id`, `name`, `tier`, `all_day`, `night`, `accessible`,
    `orientation`, `width_source`, `rules`; the most bays first.
    """
    names = streets.set_index("street_id")["name"]
    groups = bays.groupby("street_id", sort=True)
    table = pd.DataFrame(
        {
            "tier": groups["tier"].first(),
            "all_day": groups["hours"].agg(lambda hours: int((hours == "all_day").sum())),
            "night": groups["hours"].agg(lambda hours: int((hours == "night").sum())),
            "accessible": groups["accessible"].sum(),
            "orientation": groups["orientation"].agg(_distinct),
            "width_source": groups["width_source"].agg(_distinct),
            "rules": groups["rules"].agg(_distinct),
        }
    )
    table.insert(0, "name", table.index.map(names))
    order = (table["all_day"] + table["night"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index()


def _distinct(values: pd.Series) -> str:
    return ", ".join(sorted(dict.fromkeys(values)))


def _no_bays() -> StudyError:
    return StudyError(
        Text("研究中没有泊位", "The study has no bays"), Text("请先运行 jiexu bays", "Place them first: jiexu bays")
    )


def write_bays(study: Study | Path, to: Path) -> Written:
    """
    Write a study's bays to a file: a DXF drawing in the metric CRS with a layer for each type of bay, an XLSX schedule
    by street, or the layer in any format of `geo.study.export`.

    Returns
    -------
    written
        How many bays, or streets of a schedule, and what the format could not hold.

    Raises
    ------
    StudyError
        If there are no bays, or the file cannot be written.
    """
    opened = open_study(study)
    bays = opened.layer("bays")
    if bays.empty:
        raise _no_bays()
    kinds = "BAY_" + bays["hours"].str.upper() + "_" + bays["orientation"].str.upper()
    kinds = kinds.where(~bays["accessible"], kinds + "_ACCESSIBLE")
    return written_layer(opened, "bays", to, schedule, kinds)


def written_layer(
    study: Study,
    layer: str,
    to: Path,
    by_street: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame],
    kinds: pd.Series,
) -> Written:
    """
    Write a layer of parking: a DXF drawing in the metric CRS, an XLSX schedule by street, or the layer in any format of
    `geo.study.export`.

    Parameters
    ----------
    study
        The study.
    layer
        The layer's name.
    to
        The file.
    by_street
        Returns the schedule of the layer's rows and the study's `street_lines`.
    kinds
        The layer of the drawing for each row.

    Returns
    -------
    written
        How many rows, or streets of a schedule, and what the format could not hold.

    Raises
    ------
    StudyError
        If the file cannot be written.
    """
    rows, suffix, credit = study.layer(layer), to.suffix.lower(), credit_line(study.path, layer)
    if suffix == ".xlsx":
        table = by_street(rows, study.table("street_lines"))
        with writing(to):
            content = table_file(table, ".xlsx", layer, credit, study.place.timezone)
            replaced(to, lambda path: path.write_bytes(content))
        return Written(len(table))
    if suffix == ".dxf":
        metric = rows.to_crs(study.crs)
        drawing = gpd.GeoDataFrame({"Layer": kinds}, geometry=metric.geometry, crs=metric.crs)
        with writing(to):
            # beside, not over: GDAL adds no layer to a drawing that is there
            replaced(to, lambda path: pyogrio.write_dataframe(drawing, path, driver="DXF", layer="entities"))
            write_credit(to, credit)
        return Written(len(drawing))
    return export_layer(study.path, layer, to)
