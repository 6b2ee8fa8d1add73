"""Rows of a file beside the study's own rows: a later state stays, and so do fields that no column serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.core.arrays import Flags
from geo.core.text import Text
from geo.files.column_matching import FIELDS
from geo.points.case_states import closed_by_status
from geo.points.categories import CATEGORIES, RETIRED, SUCCESSORS
from geo.study.doubts import doubted
from geo.study.file import connect
from geo.study.findings import Finding
from geo.study.log_chain import forgotten_before
from geo.study.privacy import midnight
from geo.study.reader import Study
from geo.study.schema import COLUMNS

_NAMED: Final = 10
"""Identifiers that a finding names."""
_TIMES: Final = ("received_at", "answered_at", "closed_at", "updated_at")


def with_known_fields(
    points: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, kind: str, mapping: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """
    Fill the fields without a column from the study's own rows with the same identifiers.

    Parameters
    ----------
    points
        The rows of the file.
    layer
        The study's rows.
    kind
        Their kind.
    mapping
        Field to column, as it was used.
    """
    identifier = COLUMNS[kind][0]
    at = pd.Index(layer[identifier]).get_indexer(pd.Index(points[identifier]))
    known = np.flatnonzero(at >= 0)
    fields = [name for name in FIELDS[kind] if name not in mapping and name in layer and name != identifier]
    if len(known) == 0 or not fields:
        return points
    result = points.copy(deep=False)
    for name in fields:
        # a flag without column reads as no
        empty = result[name].isna().to_numpy()[known] | (result[name].dtype == bool)
        rows = known[empty]
        column = result[name].copy()
        column.iloc[rows] = layer[name].iloc[at[rows]].to_numpy()
        result[name] = column
    return result


def without_older(points: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, kind: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    """
    Leave out the complaints of a file that are of an earlier state than the study's.

    Where both say when they were last updated, the earlier is older. Else a case that is open in the file and closed in
    the study is older where the file's last time of all lies before the closing: its writer could not know it yet.

    Parameters
    ----------
    points
        The rows of the file.
    layer
        The study's rows.
    kind
        Their kind; others than complaints have no states.

    Returns
    -------
    points
        The others.
    older
        The identifiers of those left out.
    """
    if kind != "complaints" or points.empty or layer.empty:
        return points, []
    identifier = COLUMNS[kind][0]
    at = pd.Index(layer[identifier]).get_indexer(pd.Index(points[identifier]))
    rows = np.flatnonzero(at >= 0)
    if len(rows) == 0:
        return points, []
    mine, theirs = points.iloc[rows], layer.iloc[at[rows]]
    updated, before = mine["updated_at"].reset_index(drop=True), theirs["updated_at"].reset_index(drop=True)
    dated = (updated.notna() & before.notna()).to_numpy()
    older = (updated < before).to_numpy(dtype=bool)
    reopened = _open_again(mine, theirs) & (theirs["closed_at"] > _last_time(points)).to_numpy(dtype=bool)
    left = np.zeros(len(points), dtype=bool)
    left[rows] = older | (~dated & reopened)
    return points[~left], points.loc[left, identifier].astype(str).tolist()


def forgotten_since(study: Study, kind: str) -> pd.Timestamp | None:
    """Return the end of the time without texts and identifiers of a kind's rows, None where none were removed."""
    with connect(study.path) as connection:
        day = forgotten_before(connection, kind)
    return None if day is None else midnight(day, study.seen)


def without_forgotten(points: gpd.GeoDataFrame, kind: str, before: pd.Timestamp | None) -> tuple[gpd.GeoDataFrame, int]:
    """
    Leave out the complaints of a file from the time without texts and identifiers: they would stand twice.

    Parameters
    ----------
    points
        The rows of the file.
    kind
        Their kind.
    before
        The moment before which complaints of the study were received that lost them; None where none did.

    Returns
    -------
    points
        The others; rows without a sure date are among them.
    count
        Of the ones left out.
    """
    if kind != "complaints" or before is None or points.empty:
        return points, 0
    old = (points["received_at"] < before).to_numpy(dtype=bool) & ~doubted(points, "received_at")
    return points[~old], int(old.sum())


def forgotten_findings(count: int, before: pd.Timestamp | None) -> list[Finding]:
    """Return the finding on complaints that `without_forgotten` leaves out, none where there are none."""
    if count == 0 or before is None:
        return []
    return [
        Finding(
            None,
            "received_at",
            Text(
                f"{count} 件受理于 {before:%Y-%m-%d} 之前，研究中该日之前的文本和编号已清除",
                f"{count} complaints were received before {before:%Y-%m-%d}, and the texts and identifiers from before "
                "that day are removed in the study",
            ),
            Text("未再导入，以免重复计数", "They are not imported again, so that none is counted twice"),
        )
    ]


def _open_again(mine: pd.DataFrame, theirs: pd.DataFrame) -> Flags:
    closed = mine["closed_at"].notna() | closed_by_status(mine["status"])
    return ~closed.to_numpy(dtype=bool) & theirs["closed_at"].notna().to_numpy(dtype=bool)


def _last_time(points: pd.DataFrame) -> pd.Timestamp:
    """Return the last time that a file knows, by its undoubted times."""
    times = [points.loc[~doubted(points, name), name] for name in _TIMES if name in points]
    return pd.concat(times).max()


def older_findings(identifiers: Sequence[str]) -> list[Finding]:
    """Return the finding on rows of an earlier state, none where there are none."""
    if not identifiers:
        return []
    zh, en = "、".join(identifiers[:_NAMED]), ", ".join(identifiers[:_NAMED])
    if len(identifiers) > _NAMED:
        zh, en = f"{zh} 等", f"{en} and others"
    return [
        Finding(
            None,
            "updated_at",
            Text(
                f"{len(identifiers)} 行早于研究中的状态：{zh}",
                f"{len(identifiers)} rows are of an earlier state than the study's: {en}",
            ),
            Text("保留研究中较新的状态", "The later state in the study stays"),
        )
    ]


def retired_findings(layer: pd.DataFrame, kind: str) -> list[Finding]:
    """Return a finding for each category of earlier versions that rows of a study still have."""
    if kind != "complaints":
        return []
    found = []
    for code, name in RETIRED.items():
        count = int((layer["category"] == code).sum())
        if count:
            now = [CATEGORIES[new] for new in SUCCESSORS[code]]
            found.append(
                Finding(
                    None,
                    "category",
                    Text(
                        f"{count} 件仍为旧类 {code}（{name.zh}）",
                        f"{count} complaints have the old category {code} ({name.en})",
                    ),
                    Text(
                        f"已保留；重新导入原文件即分为 {'、'.join(each.zh for each in now)}",
                        f"They are kept; import their file again to have {', '.join(each.en for each in now)}",
                    ),
                )
            )
    return found
