"""Widths that somebody measured: they stand over tags, lanes and guesses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo.core.text import Text
from geo.rules.loader import Profile
from geo.streets.layer import streets_layer
from geo.streets.list_matching import match_list
from geo.streets.sections import root_of
from geo.streets.segment_tags import parse_width_m
from geo.streets.street_lists import ListKind, StreetList, read_list
from geo.study.schema import conform

SURVEY: Final = "survey"
"""The `width_source` of a carriageway that was measured."""

_CHINESE_METRES = re.compile(r"\s*(?:米|公尺)\s*$")


def _width(word: str) -> float | None:
    width = parse_width_m(_CHINESE_METRES.sub("", word))
    return None if np.isnan(width) else width


WIDTHS_OF_STREETS: Final = ListKind(
    "width",
    (
        *("width_m", "width (m)", "carriageway", "carriageway width", "宽度", "路宽", "车行道宽度", "车行道宽"),
        *("路面宽", "宽", "道路宽度", "街道宽度", "实测宽度", "车行道宽度（米）", "路宽（米）", "路宽(m)"),
        *("路面宽度", "宽度（米）", "宽度(米)", "车行道宽度(m)", "宽(m)"),
    ),
    Text("宽度", "width"),
    _width,
    lambda word: (
        Text(f"“{word}”不是 1 到 100 米的宽度", f"“{word}” is no width from 1 to 100 m"),
        Text("该行未采用；请填写车行道宽度，单位米", "The row was left out; write the carriageway's width in metres"),
    ),
    "roads",
)


def read_widths(path: Path | str, sheets: Sequence[str] = ()) -> StreetList:
    """
    Read surveyed widths of carriageways, from kerb to kerb: CSV or XLSX of `street`, `from`, `to`, `width` (路名, 起点,
    止点, 宽度).

    Streets and sections are written as on the official list, and found in the same way; widths in metres unless they
    say otherwise.

    Raises
    ------
    InputError
        If the file is no table, or has no column for the street or the width.
    """
    return read_list(path, WIDTHS_OF_STREETS, sheets)


def with_surveyed(
    roads: gpd.GeoDataFrame, surveyed: StreetList, profile: Profile, crs: pyproj.CRS
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Put surveyed widths over the widths of segments.

    A section's goes over its whole street's, a later row's over an earlier one's.

    Parameters
    ----------
    roads
        `street_id`, `name`, `width_m`, `width_source`, `length_m`, geometry.
    surveyed
        As `read_widths` returns.
    profile
        `tiers.list.*`, `streets.*`: how names are matched.
    crs
        The study's metric CRS.

    Returns
    -------
    roads
        With `width_source` `survey` where a row says the width.
    findings
        Rows that were refused, or whose street or section is not found or doubtful.
    """
    whole = roads.assign(street_id=root_of(roads["street_id"]))
    matches, findings = match_list(surveyed, WIDTHS_OF_STREETS, streets_layer(whole), whole, profile, crs)
    width, source = roads["width_m"].to_numpy(dtype=float).copy(), roads["width_source"].to_numpy(dtype=object).copy()
    for match in sorted(matches, key=lambda match: match.mask is not None):
        here = match.mask if match.mask is not None else (whole["street_id"] == match.street_id).to_numpy()
        width[here], source[here] = match.value, SURVEY
    return roads.assign(width_m=width, width_source=source), findings


def width_table(surveyed: StreetList, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Return the study's table `surveyed_widths`: the rows `known`, then the rows of a list.

    A later row replaces an earlier one for the same street or section.
    """
    rows = surveyed.rows.rename(columns={"width": "width_m"})
    if "file" not in rows:
        rows = rows.assign(file=surveyed.file)
    every = conform(rows, "surveyed_widths")
    if known is not None and len(known):
        every = pd.concat([conform(known, "surveyed_widths"), every], ignore_index=True)
    return conform(every.drop_duplicates(["name", "from", "to"], keep="last"), "surveyed_widths")


def kept_widths(table: pd.DataFrame, findings: pd.DataFrame) -> StreetList:
    """
    Return the list of the widths that a study keeps.

    Parameters
    ----------
    table
        Its `surveyed_widths`.
    findings
        Its own, of which those of rows that were refused stay.
    """
    rows = pd.DataFrame(table).rename(columns={"width_m": "width"})
    kept = set(zip(rows["row"], rows["file"], strict=True))
    ours = findings[(findings["layer"] == "roads") & findings["source"].isin(rows["file"])]
    refused = ours[[pair not in kept for pair in zip(ours["row"], ours["source"], strict=True)]]
    plain = rows[["name", "width", "from", "to", "row", "file"]].astype(object)
    file = str(rows["file"].iloc[-1]) if len(rows) else ""
    return StreetList(file, plain.where(plain.notna(), None), refused)
