"""The streets and sections that the rows of a list mean."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo.core.arrays import Flags
from geo.core.name_matching import normal_name
from geo.core.text import Text
from geo.rules.loader import Profile
from geo.streets.cross_streets import MOST_NAMED, section_between
from geo.streets.sections import label_of
from geo.streets.street_index import How, StreetIndex
from geo.streets.street_lists import ListKind, StreetList
from geo.study.findings import Finding, findings_table


class Match(NamedTuple):
    """
    The street or section that a row of the list means.

    Attributes
    ----------
    row
        The row in its file.
    name
        The street's name as the list has it.
    value
        What the list says of it.
    street_id
        The whole street.
    mask
        By segment: the section, or None for the whole street.
    label
        What the section is called, "" for the whole street.
    how
        `exact`, `alias` (another spelling), `similar` (to be confirmed), `several` (one of several streets of the
        name).
    certainty
        0 to 1: the similarity, or one over the number of streets.
    """

    row: int
    name: str
    value: object
    street_id: str
    mask: Flags | None
    label: str
    how: How
    certainty: float


def match_list(
    listed: StreetList,
    kind: ListKind,
    streets: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    profile: Profile,
    crs: pyproj.CRS,
) -> tuple[list[Match], pd.DataFrame]:
    """
    Find the streets and sections that a list means: by name, else by another spelling, else by similarity.

    Parameters
    ----------
    listed
        As `read_list` returns.
    kind
        What the value is.
    streets
        Whole streets: `street_id`, `name`, `aliases`, `length_m`.
    roads
        Their segments: `street_id`, `name`, `length_m` and geometry.
    profile
        `tiers.list.*`, `streets.junction_within`, `streets.same_name_gap`.
    crs
        The study's metric CRS.

    Returns
    -------
    matches
        In the list's order: of rows for the same street or section, the later counts.
    findings
        The list's own; and names that match no street or several, or by similarity only, sections whose ends are not
        found, and rows that stand twice, each with candidates or remedy.
    """
    index = StreetIndex(streets, roads)
    problems: list[Finding] = []
    matches: list[Match] = []
    rows = listed.rows
    columns = ["row", "name", kind.column, "from", "to"]
    for listed_row, sheet in zip(rows[columns].itertuples(index=False, name=None), _sheets(rows), strict=True):
        found, said = _match_row(listed_row, index, streets, profile, crs)
        matches += found
        problems += [finding._replace(sheet=sheet) for finding in said]
    problems += _twice(rows)
    found_here = findings_table(kind.layer, problems, listed.file)
    return matches, pd.concat([listed.findings, found_here], ignore_index=True)


def _match_row(
    listed: tuple[Any, ...], index: StreetIndex, streets: gpd.GeoDataFrame, profile: Profile, crs: pyproj.CRS
) -> tuple[list[Match], list[Finding]]:
    """Find the streets or sections that a row of a list means: its number, name, value, start and end."""
    row, name, value, start, end = listed
    how, ids, certainty = index.find(name, profile["tiers.list.match_similarity"])
    if not ids:
        candidates = index.nearest(name, profile["tiers.list.candidate_similarity"])
        return [], [Finding(row, "name", *_unmatched(name, candidates))]
    problems = []
    if how == "similar":
        problems.append(Finding(row, "name", *_similar(name, index.name_of(ids[0]), certainty)))
    if start and end:
        found = [(street, section_between(street, start, end, index, profile, crs)) for street in ids]
        sections = [(street, mask) for street, mask in found if isinstance(mask, np.ndarray)]
        if not sections:
            reasons = [why for _, why in found if isinstance(why, Text)]
            return [], [*problems, Finding(row, "from", *_no_section(name, reasons))]
        label = str(label_of(start, end))
        return [Match(row, name, value, street, mask, label, how, certainty) for street, mask in sections], problems
    if len(ids) > 1:
        problems.append(Finding(row, "name", *_several(name, streets, ids)))
        how, certainty = "several", certainty / len(ids)
    matches = []
    for street in ids:
        mask = index.named_part(street, name)
        label = str(Text(name, name)) if mask is not None else ""
        matches.append(Match(row, name, value, street, mask, label, how, certainty))
    return matches, problems


def _no_section(name: str, why: list[Text]) -> tuple[Text, Text]:
    reason = why[0] if why else Text("", "")
    return (
        Text(f"“{name}”的路段无法确定：{reason.zh}", f"The section of “{name}” is unclear: {reason.en}"),
        Text("该行未采用；请改正起点和止点", "The row was left out; correct its ends"),
    )


def _similar(name: str, street: str, certainty: float) -> tuple[Text, Text]:
    return (
        Text(
            f"地图上没有“{name}”，按相似度 {certainty:.0%} 视为“{street}”",
            f"No street with the name “{name}”: matched to “{street}”, {certainty:.0%} alike",
        ),
        Text("请在“街道”页确认或改正", "Confirm or correct it on the page Streets"),
    )


def _several(name: str, streets: gpd.GeoDataFrame, ids: list[str]) -> tuple[Text, Text]:
    lengths = streets.set_index("street_id")["length_m"]
    each = [f"{street} ({lengths[street]:.0f} m)" for street in ids[:MOST_NAMED]]
    return (
        Text(
            f"“{name}”对应 {len(ids)} 条不相连的街道：{'、'.join(each)}",
            f"“{name}” matches {len(ids)} separate streets: {', '.join(each)}",
        ),
        Text(
            "名单所列适用于全部，待确认；如有误请改正",
            "The row counts for all of them, to be confirmed; correct it if wrong",
        ),
    )


def _unmatched(name: str, candidates: list[str]) -> tuple[Text, Text]:
    hint = (
        Text(f"最相近：{'、'.join(candidates)}", f"Nearest: {', '.join(candidates)}")
        if candidates
        else Text("没有相近的路名", "No similar name")
    )
    return (
        Text(f"地图上没有“{name}”。{hint.zh}", f"No street with the name “{name}”. {hint.en}"),
        Text("该行未采用；请核对路名后重新导入名单", "The row was left out; correct the name and give the list again"),
    )


def _twice(rows: pd.DataFrame) -> list[Finding]:
    keys = pd.DataFrame(
        {column: rows[column].map(normal_name, na_action="ignore") for column in ("name", "from", "to")}
    )
    again = keys.duplicated(keep="last").to_numpy()
    twice = rows.loc[again, ["row", "name"]].assign(sheet=np.array(_sheets(rows), dtype=object)[again])
    return [
        Finding(
            row,
            "name",
            Text(f"“{name}”在名单中重复", f"“{name}” is on the list more than once"),
            Text("以最后一行为准", "The last row counts"),
            sheet,
        )
        for row, name, sheet in twice.itertuples(index=False)
    ]


def _sheets(rows: pd.DataFrame) -> list[str | None]:
    """Return the sheet of each row, None where only one was read."""
    return rows["sheet"].tolist() if "sheet" in rows else [None] * len(rows)
