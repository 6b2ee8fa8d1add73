"""Lists of streets and sections with a value each (a tier, a width): read them, and find the streets that they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from geo.core.errors import InputError, StudyError
from geo.core.name_matching import normal_name, similarity, stem, street_key
from geo.core.node_ids import end_nodes
from geo.core.text import Text
from geo.files.column_matching import find_columns
from geo.files.formats import read_file
from geo.rules.loader import Profile
from geo.streets.assembly import streets_layer
from geo.streets.sections import Axis, between, compass_end, end_node, label_of, meeting_nodes, root_of
from geo.study.findings import Finding, findings_table

_ALIASES = {
    "name": ("street", "street name", "road", "路名", "道路名称", "街路名称", "街道名称", "道路", "名称"),
    "from": ("start", "起点", "自", "起", "起始路口", "起点路口"),
    "to": ("end", "止点", "至", "止", "终点", "终点路口", "止点路口"),
    "section": ("路段", "起止", "起止点", "区间", "范围", "起讫点", "extent"),
}
_FROM_TO = re.compile(
    r"^(?:自|从|由|from\s+)?(.+?)\s*(?:至|到|—+|－|–|~|～|\s-\s|-|\s+to\s+)\s*(.+?)(?:段)?$", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"^(.+?)\s*[(（\[【](.+)[)）\]】]$")


class Kind(NamedTuple):
    """
    What a list says of its streets.

    Attributes
    ----------
    column
        The column that has it, and what other files call that column.
    aliases
        Its other names.
    title
        What to call it.
    read
        From a cell's text to the value, None where it says none.
    refusal
        What is wrong with a text that says none, and the remedy.
    layer
        The layer that findings speak of.
    """

    column: str
    aliases: tuple[str, ...]
    title: Text
    read: Callable[[str], Any]
    refusal: Callable[[str], tuple[Text, Text]]
    layer: str


@dataclass(frozen=True)
class StreetList:
    """
    A list as read.

    Attributes
    ----------
    file
        Its name.
    rows
        `name`, the value's column, `from`, `to` (None for whole streets), `row` in the file.
    findings
        Which rows were refused, and why.
    """

    file: str
    rows: pd.DataFrame
    findings: pd.DataFrame


def read_list(path: Path | str, kind: Kind) -> StreetList:
    """
    Read a list of streets.

    Parameters
    ----------
    path
        CSV or XLSX with a street's name and a value; for a section also its cross-streets, in columns `from` and `to`
        (起点, 止点), in one column (路段: 自甲路至乙路), or in brackets after the name. An end of the street itself is
        东端, 西端, "north end".
    kind
        What the value is.

    Raises
    ------
    InputError
        If the file is no table, or has no column for name or value.
    """
    path = Path(path)
    table = read_file(path).table
    found = find_columns(table, {**_ALIASES, kind.column: kind.aliases})
    for field, title in (("name", Text("路名", "name")), (kind.column, kind.title)):
        if len(table) == 0 or found[field].isna().all():
            raise InputError(
                path,
                Text(f"没有“{title.zh}”列，或该列为空", f"There is no column “{field}”, or it is empty"),
                Text(f"首行请写列名：路名,{kind.title.zh}", f"Name the columns in the first row: name,{kind.column}"),
                column=field,
            )
    value = found[kind.column].map(lambda word: kind.read(word) if word else None)
    ends = [
        _ends(name or "", start, end, section)
        for name, start, end, section in zip(
            *(
                found[column].astype(object).where(found[column].notna(), None)
                for column in ("name", "from", "to", "section")
            ),
            strict=True,
        )
    ]
    rows = pd.DataFrame(
        {
            "name": [name for name, _, _ in ends],
            kind.column: value.to_numpy(),
            "from": pd.Series([start for _, start, _ in ends], dtype=object),
            "to": pd.Series([end for _, _, end in ends], dtype=object),
            "row": found.index,
        }
    )
    half = rows["from"].isna() != rows["to"].isna()
    good = (rows["name"] != "") & rows[kind.column].notna() & ~half
    problems = [
        Finding(row, *_refusal(name, word, half_, kind))
        for row, name, word, half_ in zip(
            rows.loc[~good, "row"],
            rows.loc[~good, "name"],
            found[kind.column][~good.to_numpy()].fillna(""),
            half[~good],
            strict=True,
        )
    ]
    return StreetList(path.name, rows[good].reset_index(drop=True), findings_table(kind.layer, problems, path.name))


def _ends(name: str, start: str | None, end: str | None, section: str | None) -> tuple[str, str | None, str | None]:
    """Return a street's name and its section's ends, wherever the row says them."""
    bracketed = _IN_BRACKETS.match(name)
    if not section and not start and not end and bracketed and _FROM_TO.match(bracketed[2]):
        name, section = bracketed[1], bracketed[2]
    match = _FROM_TO.match(section.strip()) if section else None
    if match and not start and not end:
        start, end = match[1].strip(), match[2].strip()
    return name.strip(), start or None, end or None


def _refusal(name: str, word: str, half: bool, kind: Kind) -> tuple[str, Text, Text]:
    if not name:
        return "name", Text("缺少路名", "The street's name is missing"), _LEFT_OUT
    if half:
        return "to", Text("只写了路段的一端", "Only one end of the section is given"), _SAY_BOTH
    return kind.column, *kind.refusal(word)


_LEFT_OUT = Text("该行未采用；请补充路名", "The row was left out; give it a name")
_SAY_BOTH = Text(
    "该行未采用；请写明起点和止点（或“东端”“西端”等）",
    "The row was left out; give both ends (or “east end” and the like)",
)

How = Literal["exact", "alias", "similar", "several"]


class Match(NamedTuple):
    """
    What a row of the list means.

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
    value: Any
    street_id: str
    mask: NDArray[np.bool_] | None
    label: str
    how: How
    certainty: float


def match_list(
    listed: StreetList,
    kind: Kind,
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
    index = _Index(streets, roads)
    problems: list[Finding] = []
    matches: list[Match] = []
    rows = listed.rows
    columns = ["row", "name", kind.column, "from", "to"]
    for row, name, value, start, end in rows[columns].itertuples(index=False, name=None):
        how, ids, certainty = index.find(name, profile["tiers.list.match_similarity"])
        if not ids:
            candidates = index.nearest(name, profile["tiers.list.candidate_similarity"])
            problems.append(Finding(row, "name", *_unmatched(name, candidates)))
            continue
        if how == "similar":
            problems.append(Finding(row, "name", *_similar(name, index.name_of(ids[0]), certainty)))
        if start and end:
            found = [(street, _section(street, start, end, index, profile, crs)) for street in ids]
            sections = [(street, mask) for street, mask in found if isinstance(mask, np.ndarray)]
            if not sections:
                problems.append(
                    Finding(row, "from", *_no_section(name, [why for _, why in found if isinstance(why, Text)]))
                )
                continue
            label = str(label_of(start, end))
            matches += [Match(row, name, value, street, mask, label, how, certainty) for street, mask in sections]
            continue
        if len(ids) > 1:
            problems.append(Finding(row, "name", *_several(name, streets, ids)))
            how, certainty = "several", certainty / len(ids)
        for street in ids:
            mask = index.named_part(street, name)
            label = str(Text(name, name)) if mask is not None else ""
            matches.append(Match(row, name, value, street, mask, label, how, certainty))
    problems += _twice(rows)
    found_here = findings_table(kind.layer, problems, listed.file)
    return matches, pd.concat([listed.findings, found_here], ignore_index=True)


class _Index:
    """The streets of a study by their names and spellings."""

    def __init__(self, streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> None:
        self.streets, self.roads = streets, roads
        self.names = dict(zip(streets["street_id"], streets["name"], strict=True))
        named = streets[streets["name"].notna()]
        written = roads.loc[roads["name"].notna(), ["name", "street_id"]].drop_duplicates()
        spellings = [
            (street, name.strip())
            for street, text in zip(named["street_id"], named["aliases"], strict=True)
            if text
            for name in text.split(";")
        ]
        own = [*zip(named["name"], named["street_id"], strict=True), *written.itertuples(index=False, name=None)]
        self.exact = _by((normal_name(name), street) for name, street in own)
        self.alias = _by(
            (form, street)
            for street, name in [*((street, name) for name, street in own), *spellings]
            for form in {normal_name(name), street_key(name)}
        )
        self.by_stem = _by((stem(street_key(name)), street) for name, street in own)
        self.choices = sorted({*self.exact, *self.alias})
        self._rows: dict[str, NDArray[np.int64]] = {}
        self._axes: dict[str, Axis] = {}

    def name_of(self, street: str) -> str:
        return str(self.names[street])

    def find(self, name: str, least: float) -> tuple[How, list[str], float]:
        """Return how a name matches, the streets, and how sure that is."""
        normal, key = normal_name(name), street_key(name)
        if normal in self.exact:
            return "exact", self.exact[normal], 1.0
        for form in (normal, key):
            if form in self.alias:
                return "alias", self.alias[form], 1.0
        same_stem = self.by_stem.get(stem(key), [])
        if len(same_stem) == 1 and stem(key) != key:
            return "alias", same_stem, 1.0
        alike = self._alike(normal, least)
        if alike and (len(alike) == 1 or alike[0][0] > alike[1][0]):
            streets = self.alias.get(alike[0][1]) or self.exact[alike[0][1]]
            if len(streets) == 1:
                return "similar", streets, round(alike[0][0], 3)
        return "similar", [], 0.0

    def nearest(self, name: str, least: float) -> list[str]:
        """Return the names that are most like one that no street has."""
        found = []
        for _, form in self._alike(normal_name(name), least):
            street = (self.exact.get(form) or self.alias[form])[0]
            found.append(self.name_of(street))
        return list(dict.fromkeys(found))[:3]

    def _alike(self, normal: str, least: float) -> list[tuple[float, str]]:
        # a shortlist by letters alone; one that only sounds alike shares half of them
        near = process.extract(normal, self.choices, scorer=fuzz.ratio, limit=40, score_cutoff=min(50, least * 100))
        rated = [(similarity(normal, form), form) for form, _, _ in near]
        return sorted((pair for pair in rated if pair[0] >= least), key=lambda pair: (-pair[0], pair[1]))

    def rows_of(self, street: str) -> NDArray[np.int64]:
        if not self._rows:
            codes, ids = pd.factorize(self.roads["street_id"])
            order = np.argsort(codes, kind="stable")
            self._rows = dict(zip(ids, np.split(order, np.cumsum(np.bincount(codes))[:-1]), strict=True))
        return self._rows[street]

    def axis_of(self, street: str, profile: Profile, crs: pyproj.CRS) -> Axis:
        if street not in self._axes:
            segments = self.roads.iloc[self.rows_of(street)]
            self._axes[street] = Axis.of(segments, crs, profile["streets.junction_within"])
        return self._axes[street]

    def named_part(self, street: str, name: str) -> NDArray[np.bool_] | None:
        """
        Return the segments that bear a section's name ("文峰大道东段"), None where the name is the whole street's.
        """
        normal = normal_name(name)
        if normal == normal_name(self.name_of(street)):
            return None
        rows = self.rows_of(street)
        written = self.roads["name"].iloc[rows]
        same = written.map(normal_name, na_action="ignore").eq(normal).to_numpy(dtype=bool)
        if not same.any() or same.all():
            return None
        mask = np.zeros(len(self.roads), dtype=bool)
        mask[rows[same]] = True
        return mask


def _by(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    result: dict[str, dict[str, None]] = {}
    for key, street in pairs:
        result.setdefault(key, {})[street] = None
    return {key: list(streets) for key, streets in result.items()}


def _section(
    street: str, start: str, end: str, index: _Index, profile: Profile, crs: pyproj.CRS
) -> NDArray[np.bool_] | Text:
    """Return the segments of a section, or why there is none."""
    axis = index.axis_of(street, profile, crs)
    nodes = []
    for word in (start, end):
        direction = compass_end(word)
        if direction is not None:
            nodes.append(end_node(axis, direction))
            continue
        _, ids, _ = index.find(word, profile["tiers.list.match_similarity"])
        rows = np.concatenate([index.rows_of(other) for other in ids if other != street] or [np.array([], dtype=int)])
        met = (
            meeting_nodes(axis, index.roads.iloc[rows], crs, profile["streets.junction_within"]) if len(rows) else rows
        )
        if len(met) == 0:
            return _does_not_meet(word, index.name_of(street), crossing_names(street, index.roads))
        nodes.append(met)
    inside = between(axis, nodes[0], nodes[1], profile["streets.same_name_gap"])
    if inside is None or not inside.any():
        return Text(
            f"“{start}”和“{end}”与该街不止一处相交，或在同一处相交",
            f"“{start}” and “{end}” meet it at several places, or both at the same",
        )
    mask = np.zeros(len(index.roads), dtype=bool)
    mask[index.rows_of(street)[inside]] = True
    return mask


class Section(NamedTuple):
    """A section of a street: its segments' ids, and its label in both languages."""

    segment_ids: list[str]
    label: str


def find_section(
    street_id: str, start: str, end: str, roads: gpd.GeoDataFrame, profile: Profile, crs: pyproj.CRS
) -> Section:
    """
    Return the section of a street between two cross-streets.

    Parameters
    ----------
    street_id
        The street, or a section of it: the whole street is meant.
    start, end
        Names of streets that it meets, or its ends ("东端", "north end").
    roads
        The study's layer.
    profile
        `streets.junction_within`, `streets.same_name_gap`, `tiers.list.match_similarity`.
    crs
        The study's metric CRS.

    Raises
    ------
    StudyError
        If a cross-street does not meet the street, or both meet it at the same place.
    """
    whole = roads.assign(street_id=root_of(roads["street_id"]))
    index = _Index(streets_layer(whole), whole)
    mask = _section(street_id.partition(".")[0], start, end, index, profile, crs)
    if isinstance(mask, Text):
        raise StudyError(mask, Text("请另选起点和止点", "Choose other ends"))
    return Section(whole["segment_id"][mask].tolist(), str(label_of(start, end)))


def crossing_names(street_id: str, roads: gpd.GeoDataFrame) -> list[str]:
    """Return the names of the streets that have a node in common with a street (or the street of a section), sorted."""
    own = (root_of(roads["street_id"]) == street_id.partition(".")[0]).to_numpy()
    first, last = end_nodes(roads.geometry.to_numpy())
    nodes = np.concatenate([first[own], last[own]])
    meets = ~own & (np.isin(first, nodes) | np.isin(last, nodes)) & roads["name"].notna().to_numpy()
    return sorted(set(roads["name"][meets]))


def _does_not_meet(word: str, name: str, crossing: Sequence[str]) -> Text:
    some = list(crossing[:_NAMED])
    return Text(
        f"“{word}”与“{name}”不相交；与其相交的有：{'、'.join(some) or '无'}",
        f"“{word}” does not meet “{name}”; these do: {', '.join(some) or 'none'}",
    )


_NAMED: Final = 12


def _no_section(name: str, why: list[Text]) -> tuple[Text, Text]:
    reason = why[0] if why else Text("", "")
    return (
        Text(f"“{name}”的路段无法确定：{reason.zh}", f"The section of “{name}” cannot be told: {reason.en}"),
        Text("该行未采用；请改正起点和止点", "The row was left out; correct its ends"),
    )


def _similar(name: str, street: str, certainty: float) -> tuple[Text, Text]:
    return (
        Text(
            f"地图上没有“{name}”，按相似度 {certainty:.0%} 视为“{street}”",
            f"No street is called “{name}”: it was taken for “{street}”, {certainty:.0%} alike",
        ),
        Text("请在“街道”页确认或改正", "Confirm or correct it on the page Streets"),
    )


def _several(name: str, streets: gpd.GeoDataFrame, ids: list[str]) -> tuple[Text, Text]:
    lengths = streets.set_index("street_id")["length_m"]
    each = [f"{street} ({lengths[street]:.0f} m)" for street in ids[:_NAMED]]
    return (
        Text(
            f"“{name}”对应 {len(ids)} 条不相连的街道：{'、'.join(each)}",
            f"“{name}” is {len(ids)} separate streets: {', '.join(each)}",
        ),
        Text(
            "名单所列适用于全部，待确认；如有误请改正",
            "The row counts for all of them, to be confirmed; correct what is wrong",
        ),
    )


def _unmatched(name: str, candidates: list[str]) -> tuple[Text, Text]:
    hint = (
        Text(f"最相近：{'、'.join(candidates)}", f"Nearest: {', '.join(candidates)}")
        if candidates
        else Text("没有相近的路名", "No name is near")
    )
    return (
        Text(f"地图上没有“{name}”。{hint.zh}", f"No street is called “{name}”. {hint.en}"),
        Text("该行未采用；请核对路名后重新导入名单", "The row was left out; correct the name and give the list again"),
    )


def _twice(rows: pd.DataFrame) -> list[Finding]:
    keys = pd.DataFrame(
        {column: rows[column].map(normal_name, na_action="ignore") for column in ("name", "from", "to")}
    )
    twice = rows.loc[keys.duplicated(keep="last").to_numpy(), ["row", "name"]]
    return [
        Finding(
            row,
            "name",
            Text(f"“{name}”在名单中重复", f"“{name}” is on the list more than once"),
            Text("以最后一行为准", "The last row counts"),
        )
        for row, name in twice.itertuples(index=False)
    ]
