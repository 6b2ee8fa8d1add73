"""Give every street its tier: from the city's official list, else inferred from the profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from geo.errors import InputError
from geo.findings import Finding, findings_table
from geo.rules import Profile
from geo.schema import TIERS
from geo.streets import highway_class, normal_name
from geo.tables import find_columns, read_table
from geo.text import Text

TIER_COLUMNS: Final = ("tier", "tier_source", "tier_reason", "tier_confidence")

TIER_NAMES: Final[dict[str, Text]] = {
    "demonstration": Text("示范路", "demonstration road"),
    "secondary": Text("次干道", "secondary road"),
    "back_street": Text("背街小巷", "back street"),
    "unclassified": Text("不分级", "unclassified"),
}

_TIER_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "demonstration": ("示范路", "示范街", "示范道路", "示范", "严禁", "demonstration", "demonstration road"),
    "secondary": ("次干道", "次干路", "严控", "secondary", "secondary road"),
    "back_street": ("背街小巷", "背街", "小巷", "有序", "back_street", "back street", "back-street"),
}
_WORD_TO_TIER = {word: tier for tier, words in _TIER_WORDS.items() for word in words}

_LIST_ALIASES = {
    "name": ("street", "street name", "road", "路名", "道路名称", "街路名称", "街道名称", "道路", "名称"),
    "tier": ("level", "class", "等级", "道路等级", "分级", "类别", "道路类别", "级别"),
}


@dataclass(frozen=True)
class TierList:
    """
    An official list as read: `grades` has `name`, `tier`, `row`; `findings` says which rows were refused and why.
    """

    file: str
    grades: pd.DataFrame
    findings: pd.DataFrame


def read_tier_list(path: Path | str) -> TierList:
    """
    Read the city's list of graded streets.

    Parameters
    ----------
    path
        CSV or XLSX with a street's name and its tier, in Chinese (示范路, 次干道, 背街小巷) or English.

    Raises
    ------
    InputError
        If the file is no table, or has no column for name or tier.
    """
    path = Path(path)
    table = read_table(path)
    found = find_columns(table, _LIST_ALIASES)
    for field, zh in (("name", "路名"), ("tier", "等级")):
        if len(table) == 0 or found[field].isna().all():
            raise InputError(
                path,
                Text(f"没有“{zh}”列，或该列为空", f"There is no column “{field}”, or it is empty"),
                Text("首行请写列名：路名,等级", "Name the columns in the first row: name,tier"),
                column=field,
            )
    tier = found["tier"].map(lambda word: _WORD_TO_TIER.get(word.casefold()) if word else None)
    graded = found["name"].notna() & tier.notna()
    grades = pd.DataFrame({"name": found["name"], "tier": tier, "row": found.index})[graded].reset_index(drop=True)
    words = "、".join(_TIER_WORDS[t][0] for t in _TIER_WORDS)
    problems = [
        Finding(
            row,
            "tier" if name else "name",
            Text(f"未知等级“{word}”", f"Unknown tier “{word}”")
            if name
            else Text("缺少路名", "The street's name is missing"),
            Text(f"该行未采用；请改为 {words}", f"The row was left out; write one of {', '.join(_TIER_WORDS)}"),
        )
        for row, name, word in zip(
            found.index[~graded], found["name"][~graded], found["tier"][~graded].fillna(""), strict=True
        )
    ]
    return TierList(path.name, grades, findings_table("streets", problems, path.name))


def infer_tiers(streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, profile: Profile) -> pd.DataFrame:
    """
    Infer each street's tier from the OSM class of most of its length.

    Parameters
    ----------
    streets
        `street_id`.
    roads
        `street_id`, `highway`, `length_m`.
    profile
        `tiers.by_highway` and `tiers.confidence`, by class.

    Returns
    -------
    tiers
        By row of `streets`: `TIER_COLUMNS`. The confidence is the class's, times the share of the street's length
        whose class suggests the same tier.
    """
    class_codes, classes = pd.factorize(highway_class(roads["highway"]))
    classes = classes.tolist()
    suggested = np.array([TIERS.index(profile[f"tiers.by_highway.{name}"]) for name in classes], dtype=int)
    street = pd.Index(streets["street_id"]).get_indexer(pd.Index(roads["street_id"]))
    by_class = np.zeros((len(streets), len(classes)))
    np.add.at(by_class, (street, class_codes), roads["length_m"].to_numpy())
    by_tier = by_class @ (suggested[:, None] == np.arange(len(TIERS)))
    tier = by_tier.argmax(axis=1)
    share = by_tier.max(axis=1) / by_class.sum(axis=1)
    main = np.where(suggested == tier[:, None], by_class, -1.0).argmax(axis=1)
    certain = np.array([profile[f"tiers.confidence.{name}"] for name in classes])
    reasons = [_class_reason(classes[row], percent) for row, percent in zip(main, np.round(share * 100), strict=True)]
    text = {"index": streets.index, "dtype": object}
    return pd.DataFrame(
        {
            "tier": pd.Series(np.array(TIERS, dtype=object)[tier], **text),
            "tier_source": pd.Series("inferred", **text),
            "tier_reason": pd.Series(reasons, **text),
            "tier_confidence": np.round(certain[main] * share, 3),
        }
    )


@cache
def _class_reason(road_class: str, percent: float) -> str:
    return str(
        Text(
            f"按 OSM 道路等级推断：主要为 {road_class}，{percent:.0f}% 的长度指向这一级；"
            f"规则 tiers.by_highway.{road_class}",
            f"inferred from the OSM class: mostly {road_class}, {percent:.0f}% of the length suggests this tier; "
            f"rule tiers.by_highway.{road_class}",
        )
    )


def apply_tier_list(
    streets: gpd.GeoDataFrame, tier_list: TierList, profile: Profile
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Put the official list over the inferred tiers.

    Parameters
    ----------
    streets
        `street_id`, `name` and `TIER_COLUMNS`.
    tier_list
        As `read_tier_list` returns. A later row on the same street wins over an earlier one.
    profile
        `tiers.list_similarity`: how alike a candidate must be to be named in a finding.

    Returns
    -------
    streets
        With the list's tiers, `tier_source` "official" and confidence 1.
    findings
        The list's own, and one for each name that matches no street (with the nearest names) or several.
    """
    result = streets.copy(deep=False)
    names = streets["name"].dropna()
    normal = names.map(normal_name)
    wanted = tier_list.grades["name"].map(normal_name)
    last = tier_list.grades.assign(normal=wanted).drop_duplicates("normal", keep="last").set_index("normal")

    matched = normal[normal.isin(last.index)]
    grade = last.loc[matched.to_numpy()]
    for column in TIER_COLUMNS:
        result[column] = result[column].astype(object)
    result.loc[matched.index, "tier"] = grade["tier"].to_numpy()
    result.loc[matched.index, "tier_source"] = "official"
    result.loc[matched.index, "tier_confidence"] = 1.0
    result.loc[matched.index, "tier_reason"] = [
        str(Text(f"官方名单 {tier_list.file} 第 {row} 行", f"official list {tier_list.file}, row {row}"))
        for row in grade["row"]
    ]
    result["tier_confidence"] = result["tier_confidence"].astype(float)

    problems = _list_problems(tier_list.grades, normal, names, profile["tiers.list_similarity"])
    found = findings_table("streets", problems, tier_list.file)
    return result, pd.concat([tier_list.findings, found], ignore_index=True)


def _list_problems(grades: pd.DataFrame, normal: pd.Series, names: pd.Series, cutoff: float) -> list[Finding]:
    """Return what is wrong with the list's names: no street has them, several have, or they stand twice."""
    wanted = grades["name"].map(normal_name)
    counts = normal.value_counts()
    choices = normal.drop_duplicates()
    problems: list[Finding] = []
    for row, name, key in zip(grades["row"], grades["name"], wanted, strict=True):
        if key not in counts.index:
            problems.append(Finding(row, "name", *_unmatched(name, key, choices, names, cutoff)))
        elif counts[key] > 1:
            problems.append(
                Finding(
                    row,
                    "name",
                    Text(f"“{name}”对应 {counts[key]} 条不相连的街道", f"“{name}” is {counts[key]} separate streets"),
                    Text("均按此等级；如有误请在地图上修改", "All got this tier; change what is wrong on the map"),
                )
            )
    twice = grades.loc[wanted.duplicated(keep="last").to_numpy(), ["row", "name"]]
    return problems + [
        Finding(
            row,
            "name",
            Text(f"“{name}”在名单中重复", f"“{name}” is on the list more than once"),
            Text("以最后一行为准", "The last row counts"),
        )
        for row, name in twice.itertuples(index=False)
    ]


def _unmatched(name: str, key: str, choices: pd.Series, names: pd.Series, cutoff: float) -> tuple[Text, Text]:
    nearest = process.extract(key, choices.to_dict(), scorer=fuzz.ratio, limit=3, score_cutoff=cutoff * 100)
    candidates = [str(names[index]) for _, _, index in nearest]
    hint = (
        Text(f"最相近：{'、'.join(candidates)}", f"Nearest: {', '.join(candidates)}")
        if candidates
        else Text("没有相近的路名", "No name is near")
    )
    return (
        Text(f"地图上没有“{name}”。{hint.zh}", f"No street is called “{name}”. {hint.en}"),
        Text("该行未采用；请核对路名后重新生成", "The row was left out; correct the name and build again"),
    )


def spread_to_roads(roads: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `roads` with the `TIER_COLUMNS` of each segment's street."""
    position = pd.Index(streets["street_id"]).get_indexer(pd.Index(roads["street_id"]))
    tiers = pd.DataFrame(streets[list(TIER_COLUMNS)]).take(position).set_axis(roads.index)
    return roads.drop(columns=list(TIER_COLUMNS), errors="ignore").join(tiers)


def tier_of(word: str) -> str | None:
    """Return the tier that a Chinese or English word names, or None."""
    return _WORD_TO_TIER.get(word.strip().casefold())


def decision_reason(reason: str, by: str, at: pd.Timestamp) -> str:
    """Return what a manual tier's `tier_reason` says: the decision's reason, who and when."""
    return f"{reason}（{by}，{at:%Y-%m-%d %H:%M}）" if by else f"{reason}（{at:%Y-%m-%d %H:%M}）"
