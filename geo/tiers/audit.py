"""The audit: doubtful tiers for a planner to look at again, with reasons."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.metric_geometry import goes_straight_on, leaving_directions
from geo.core.node_ids import end_nodes
from geo.core.text import Text
from geo.core.vocabulary import TIER_NAMES
from geo.points.cases import placed_cases
from geo.rules.loader import Profile
from geo.streets.sections import root_of
from geo.study.reader import Study
from geo.study.results import MadeOf
from geo.study.schema import GRADED

DOUBTS: Final[dict[str, Text]] = {
    "conflict": Text("与官方名单冲突", "Contradicts the official list"),
    "confirm": Text("名单匹配待确认", "Match with the list to be confirmed"),
    "island": Text("同一街道中的短段", "Short island on one street"),
    "jump": Text("无路口处等级突变", "Tier changes without a junction"),
    "stall_complaints": Text("示范路摊位投诉多", "Stall complaints on a demonstration road"),
    "through_traffic": Text("背街小巷过境交通大", "Through traffic on a back street"),
}
"""The kinds of doubts, the most pressing first."""


AUDIT: Final = MadeOf(
    layers=("streets", "roads", "street_scores", "complaints"), rules=("audit", "tiers", "network", "streets")
)
"""The inputs of the doubts about a study's tiers."""


def audit_study(study: Study) -> pd.DataFrame:
    """Return the doubts about a study's tiers, as `audit` lists them."""
    streets, roads, complaints = (study.layer(name) for name in ("streets", "roads", "complaints"))
    return audit(streets, roads, study.table("street_scores"), complaints, study.profile, study.crs)


def audit(
    streets: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    scores: pd.DataFrame,
    complaints: gpd.GeoDataFrame,
    profile: Profile,
    crs: pyproj.CRS,
) -> pd.DataFrame:
    """
    List the doubts about a study's tiers, as they stand.

    - `conflict`: a decision contradicts the official list.
    - `confirm`: the list's name was matched by similarity, or is the name of several streets.
    - `island`: a section shorter than `audit.island` within a street of another tier.
    - `jump`: the tier changes between two streets where one continues the other and nothing else meets them.
    - `stall_complaints`: a demonstration street with many complaints of stalls (`audit.stall_complaints`).
    - `through_traffic`: a back street with more through traffic than most streets (`audit.through_traffic`).

    Parameters
    ----------
    streets, roads, scores, complaints
        The study's layers `streets`, `roads`, `street_scores` and `complaints`.
    profile
        `audit.*`.
    crs
        The study's metric CRS.

    Returns
    -------
    doubts
        `kind`, `street_id`, `name`, `reason` (both languages), `lon`, `lat` (a place on the street), sorted by kind,
        the longest street first.
    """
    tables = [
        _conflicts(streets),
        _to_confirm(streets),
        _islands(streets, roads, profile),
        _jumps(streets, roads, crs, profile),
        _stall_complaints(streets, roads, complaints, profile),
        _through_traffic(streets, scores, profile),
    ]
    doubts = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    row = pd.Index(streets["street_id"]).get_indexer(pd.Index(doubts["street_id"]))
    lines = shapely.get_geometry(streets.geometry.to_numpy()[row], 0)
    place = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    doubts["name"] = pd.Series(streets["name"].to_numpy(dtype=object)[row], dtype=object)
    doubts["lon"] = doubts["lon"].fillna(pd.Series(shapely.get_x(place), index=doubts.index)).round(6)
    doubts["lat"] = doubts["lat"].fillna(pd.Series(shapely.get_y(place), index=doubts.index)).round(6)
    order = np.lexsort(
        (-streets["length_m"].to_numpy()[row], doubts["kind"].map(list(DOUBTS).index).to_numpy(dtype=int))
    )
    return doubts[["kind", "street_id", "name", "reason", "lon", "lat"]].iloc[order].reset_index(drop=True)


def _doubts(
    kind: str,
    street_ids: pd.Series | NDArray[np.object_],
    reasons: list[str],
    places: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    lon, lat = places.T if places is not None else (np.nan, np.nan)
    return pd.DataFrame({"kind": kind, "street_id": list(street_ids), "reason": reasons}).assign(lon=lon, lat=lat)


def _conflicts(streets: gpd.GeoDataFrame) -> pd.DataFrame:
    found = streets[conflicts_with_list(streets)]
    reasons = [
        Text(
            f"决定为{TIER_NAMES[tier].zh}，官方名单为{TIER_NAMES[listed].zh}",
            f"decided to be a {TIER_NAMES[tier].en}, the official list says {TIER_NAMES[listed].en}",
        )
        for tier, listed in zip(found["tier"], found["official_tier"], strict=True)
    ]
    return _doubts("conflict", found["street_id"], list(map(str, reasons)))


def conflicts_with_list(streets: pd.DataFrame) -> pd.Series:
    """Tell whether a decision gave streets another tier than the official list."""
    return streets["official_tier"].notna() & (streets["tier"] != streets["official_tier"])


def to_confirm(streets: pd.DataFrame) -> pd.Series:
    """Tell whether streets have their tier from an uncertain match with the list."""
    return (streets["tier_source"] == "official") & (streets["tier_confidence"] < 1)


def _to_confirm(streets: gpd.GeoDataFrame) -> pd.DataFrame:
    found = streets[to_confirm(streets)]
    return _doubts("confirm", found["street_id"], found["tier_reason"].tolist())


def _islands(streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, profile: Profile) -> pd.DataFrame:
    """Find short sections between two neighbours on the street with one other tier."""
    sections = streets[streets["section"].notna() & streets["tier"].isin(GRADED)]
    if sections.empty:
        return _doubts("island", sections["street_id"], [])
    own = roads[roads["street_id"].isin(sections["street_id"])]
    first, last = end_nodes(own.geometry.to_numpy())
    touches = pd.DataFrame(
        {"node": np.concatenate([first, last]), "unit": np.tile(own["street_id"].to_numpy(dtype=object), 2)}
    ).drop_duplicates()
    pairs = touches.merge(touches, on="node")
    pairs = pairs[(pairs["unit_x"] != pairs["unit_y"]) & (root_of(pairs["unit_x"]) == root_of(pairs["unit_y"]))]
    tier = sections.set_index("street_id")["tier"]
    pairs = pairs.assign(beside=pairs["unit_y"].map(tier))
    # an island is met at two places or more, each time by the same other tier
    around = pairs.groupby("unit_x").agg(
        nodes=("node", "nunique"), tiers=("beside", "nunique"), beside=("beside", "first")
    )
    short = sections[sections["length_m"] < profile["audit.island"]].set_index("street_id")
    around = around.join(short[["tier", "length_m"]], how="inner")
    found = around[(around["nodes"] > 1) & (around["tiers"] == 1) & (around["beside"] != around["tier"])]
    reasons = [
        str(
            Text(
                f"{length:.0f} 米的{TIER_NAMES[own_].zh}夹在{TIER_NAMES[other].zh}之间",
                f"{length:.0f} m of {TIER_NAMES[own_].en} between stretches of {TIER_NAMES[other].en}",
            )
        )
        for own_, other, length in zip(found["tier"], found["beside"], found["length_m"], strict=True)
    ]
    return _doubts("island", found.index.to_numpy(dtype=object), reasons)


def _jumps(streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> pd.DataFrame:
    """Find nodes where exactly two segments meet, of different streets and graded tiers, going straight on."""
    graded = roads["tier"].isin(GRADED).to_numpy()
    lines = roads.geometry.to_numpy()
    first, last = end_nodes(lines)
    ends = pd.DataFrame(
        {
            "node": np.concatenate([first, last]),
            "row": np.tile(np.arange(len(roads)), 2),
            "end": np.repeat([0, 1], len(roads)),
        }
    )
    ends = ends[ends.groupby("node")["row"].transform("size") == 2].sort_values(["node", "row"])
    pairs = ends.iloc[::2].merge(ends.iloc[1::2], on="node", suffixes=("", "_on"))
    ids, tier = roads["street_id"].to_numpy(dtype=object), roads["tier"].to_numpy(dtype=object)
    one, other = pairs["row"].to_numpy(), pairs["row_on"].to_numpy()
    differ = (tier[one] != tier[other]) & (ids[one] != ids[other]) & graded[one] & graded[other]
    pairs = pairs[differ]
    directions = leaving_directions(lines, crs)
    away, on = (
        directions[pairs[end].to_numpy(), pairs[row].to_numpy()] for row, end in (("row", "end"), ("row_on", "end_on"))
    )
    straight = goes_straight_on(away, on, profile["streets.straight_within"])
    pairs = pairs[straight]
    # the street with the less certain tier is the doubtful one
    confidence = roads["tier_confidence"].to_numpy()
    one, other = pairs["row"].to_numpy(), pairs["row_on"].to_numpy()
    doubtful = np.where(confidence[one] <= confidence[other], one, other)
    beside = np.where(doubtful == one, other, one)
    at = np.where(doubtful == one, pairs["end"].to_numpy(), pairs["end_on"].to_numpy())
    names = streets.set_index("street_id")["name"]
    place = shapely.get_coordinates(shapely.get_point(lines[doubtful], -at))
    reasons = []
    for row, next_ in zip(doubtful, beside, strict=True):
        here, there, name = TIER_NAMES[tier[row]], TIER_NAMES[tier[next_]], names[ids[next_]] or ids[next_]
        zh = f"等级在没有路口处由{here.zh}变为{there.zh}（{name}）"
        reasons.append(str(Text(zh, f"the tier changes without a junction, from {here.en} to {there.en} ({name})")))
    # both carriageways of a street change at once
    return _doubts("jump", ids[doubtful], reasons, place).drop_duplicates(["street_id", "reason"])


def _stall_complaints(
    streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, complaints: gpd.GeoDataFrame, profile: Profile
) -> pd.DataFrame:
    counted = placed_cases(complaints).rows
    of_stalls = counted[counted["category"].isin(profile["audit.stall_complaints.categories"])]
    street = pd.Series(roads["street_id"].to_numpy(), index=roads["segment_id"].to_numpy())
    counts = streets["street_id"].map(of_stalls["segment_id"].dropna().map(street).value_counts()).fillna(0)
    per_km = counts / (streets["length_m"] / 1000).clip(lower=1e-3)
    found = (
        (streets["tier"] == "demonstration")
        & (counts >= profile["audit.stall_complaints.at_least"])
        & (per_km >= profile["audit.stall_complaints.per_km"])
    )
    reasons = [
        str(
            Text(
                f"示范路上有 {count:.0f} 件摊位类投诉（每公里 {rate:.1f} 件）",
                f"{count:.0f} stall complaints on a demonstration road ({rate:.1f} per km)",
            )
        )
        for count, rate in zip(counts[found], per_km[found], strict=True)
    ]
    return _doubts("stall_complaints", streets.loc[found, "street_id"], reasons)


def _through_traffic(streets: gpd.GeoDataFrame, scores: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    traffic = streets["street_id"].map(scores.set_index("street_id")["traffic"]).fillna(0)
    found = (streets["tier"] == "back_street") & (traffic >= profile["audit.through_traffic"])
    reasons = [
        str(
            Text(
                f"过境交通高于 {share:.0%} 的道路",
                f"more through traffic than {share:.0%} of the road length",
            )
        )
        for share in traffic[found]
    ]
    return _doubts("through_traffic", streets.loc[found, "street_id"], reasons)
