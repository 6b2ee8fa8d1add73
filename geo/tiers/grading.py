"""Grade the streets: inferred, then the official list, then the decisions, each over the one before."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.node_ids import end_nodes
from geo.core.text import Text
from geo.core.vocabulary import TIER_NAMES
from geo.rules.loader import Profile
from geo.streets.layer import streets_layer
from geo.streets.list_matching import Match, match_list
from geo.streets.quarters import quarter_of
from geo.streets.sections import carve, root_of
from geo.streets.street_lists import StreetList
from geo.study.schema import conform_geo
from geo.tiers.columns import TIER_COLUMNS, spread_to_roads
from geo.tiers.documents import GradingReport
from geo.tiers.inference import ORDER, Grading, choose, shares_of
from geo.tiers.kept_decisions import carve_decided, reapply
from geo.tiers.official_list import TIERS_OF_STREETS
from geo.tiers.scoring import Surroundings, measure_segments, score_streets
from geo.tiers.ungraded import ungraded_because

_UNGRADED_CONFIDENCE: Final = 1.0
"""Classes that carry no tier have none by rule."""
_LEAST_OF_NEIGHBOURS: Final = 0.34
"""A tier that neighbours suggest is at least as likely as any of three."""


class Grades(NamedTuple):
    """
    Graded streets.

    Attributes
    ----------
    roads
        The columns of the layer `roads`.
    streets
        The columns of the layer `streets` but for the counts of points.
    base
        `street_id` and its tier before any decision, official or inferred.
    scores
        The table `street_scores`.
    decisions
        With the `street_id` that each belongs to now.
    findings
        What is doubtful of the list, and decisions that fit no street.
    report
        How streets off the list were graded, and how well: `geo.tiers.inference.Grading.report`.
    """

    roads: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    base: pd.DataFrame
    scores: pd.DataFrame
    decisions: pd.DataFrame
    findings: pd.DataFrame
    report: GradingReport


def grade(
    roads: gpd.GeoDataFrame,
    tier_list: StreetList | None,
    decisions: pd.DataFrame,
    profile: Profile,
    crs: pyproj.CRS,
    around: Surroundings | None = None,
) -> Grades:
    """
    Grade all streets of a study.

    Parameters
    ----------
    roads
        Segments with their streets, as `geo.build.make_roads` makes them or a study keeps them.
    tier_list
        The official list, if any. Its sections become streets of their own.
    decisions
        The table `decisions`.
    profile
        `tiers.*`, `streets.*`, `network.*`.
    crs
        The study's metric CRS.
    around
        Facilities, paths and complaints for the score; without, those ingredients give no points.

    Returns
    -------
    grades
    """
    roads = roads.assign(street_id=root_of(roads["street_id"]))
    whole = streets_layer(roads)
    matches: list[Match] = []
    findings = []
    if tier_list is not None:
        matches, unmatched = match_list(tier_list, TIERS_OF_STREETS, whole, roads, profile, crs)
        findings.append(unmatched)

    carving = carve(roads["street_id"], [(match.mask, match.label) for match in matches if match.mask is not None])
    meant = [
        _Meant(match, [] if match.mask is None else carving.street_id[match.mask].unique().tolist())
        for match in matches
    ]
    decided = carve_decided(carving, roads, whole, decisions, crs, profile)
    roads = roads.assign(street_id=decided.carving.street_id)
    labels = decided.carving.labels
    streets = streets_layer(roads) if labels else whole.copy(deep=False)
    streets["section"] = pd.Series([labels.get(street) for street in streets["street_id"]], dtype=object)
    _keep_whole_names(streets, whole)

    measured = measure_segments(roads, around or nothing_around(roads), profile, crs)
    scores = score_streets(streets, roads, measured, profile, crs)
    official = _official(streets, meant, decided.parents)
    ungraded = ungraded_because(streets, roads, profile)
    quarter = _quarters(streets, around, crs)
    grading = _learn(streets, scores, official, profile, quarter, ungraded.notna().to_numpy())
    tiers = infer_tiers(streets, scores, grading, profile, ungraded)
    streets[tiers.columns] = tiers
    scores["inferred_tier"] = tiers["tier"]
    streets = _with_list(streets, official, tier_list)
    streets = _with_unnamed(streets, roads, scores, grading, profile)
    base = pd.DataFrame(streets[["street_id", *TIER_COLUMNS]])
    streets, decisions, lost = reapply(streets, whole, decisions, decided.units, crs, profile)
    findings.append(lost)
    roads = conform_geo(spread_to_roads(roads, streets), "roads")
    found = pd.concat(findings, ignore_index=True)
    return Grades(roads, streets, base, scores, decisions, found, grading.report)


def nothing_around(roads: gpd.GeoDataFrame) -> Surroundings:
    """Return surroundings without facilities, paths and complaints."""
    empty = gpd.GeoDataFrame({"kind": pd.Series(dtype=object)}, geometry=[], crs=roads.crs)
    paths = gpd.GeoDataFrame({"walk": pd.Series(dtype=bool)}, geometry=[], crs=roads.crs)
    return Surroundings(empty, paths, pd.DataFrame({"segment_id": pd.Series(dtype=object)}))


def _keep_whole_names(streets: gpd.GeoDataFrame, whole: gpd.GeoDataFrame) -> None:
    """Give each section the name of its street: its own segments may be unnamed, or bear the section's name."""
    section = streets["section"].notna()
    if section.any():
        of_whole = whole.set_index("street_id").loc[root_of(streets.loc[section, "street_id"])]
        for column in ("name", "aliases"):
            streets.loc[section, column] = of_whole[column].to_numpy()


def infer_tiers(
    streets: gpd.GeoDataFrame, scores: pd.DataFrame, grading: Grading, profile: Profile, ungraded: pd.Series
) -> pd.DataFrame:
    """
    Infer each street's tier from its points.

    Parameters
    ----------
    streets
        `highway`.
    scores
        As `geo.tiers.scoring.score_streets` returns, by row of `streets`.
    grading
        As `geo.tiers.inference.choose` returns: the profile's score, or the model that learned from the list.
    profile
        `tiers.score.*`.
    ungraded
        As `ungraded_because` returns.

    Returns
    -------
    tiers
        By row of `streets`: `TIER_COLUMNS`. The confidence is the probability of the tier.
    """
    shares = shares_of(scores, profile)
    place = grading.model.tiers(shares)
    confidence = grading.model.probabilities(shares)[np.arange(len(place)), place]
    tier = np.array(ORDER, dtype=object)[place]
    reason = _reasons(scores["score"].to_numpy(), place, grading)
    out = ungraded.notna().to_numpy()
    reason[out] = ungraded.to_numpy(dtype=object)[out]
    return pd.DataFrame(
        {
            "tier": np.where(out, "unclassified", tier).astype(object),
            "tier_source": pd.Series("inferred", index=streets.index, dtype=object),
            "tier_reason": reason,
            "tier_confidence": np.where(out, _UNGRADED_CONFIDENCE, confidence).round(3),
        },
        index=streets.index,
    )


def _reasons(score: NDArray[np.float64], place: NDArray[np.int64], grading: Grading) -> NDArray[np.object_]:
    if grading.report["method"] == "model":
        texts = np.array(
            [
                str(
                    Text(
                        f"由官方名单训练的模型推断为{TIER_NAMES[tier].zh}",
                        f"a model trained on the official list infers {TIER_NAMES[tier].en}",
                    )
                )
                for tier in ORDER
            ],
            dtype=object,
        )
        return texts[place]
    # a street has one of about a thousand scores
    codes, scores = pd.factorize(score)
    texts = np.array(
        [str(Text(f"评分 {value:.1f} 分", f"scored {value:.1f} points")) for value in scores], dtype=object
    )
    return texts[codes]


class _Meant(NamedTuple):
    """A row of the list with the ids of the sections that it means; none where it means a whole street."""

    match: Match
    sections: list[str]


def _official(streets: gpd.GeoDataFrame, meant: list[_Meant], parents: dict[str, str]) -> pd.DataFrame:
    """Return the listed tier of each street: `tier`, `certainty`, `how`, `row`, `name` by position in `streets`."""
    ids = pd.Index(streets["street_id"])
    roots = root_of(streets["street_id"])
    listed_as = pd.Series(ids.map(lambda street: parents.get(street, street)) if parents else ids, index=streets.index)
    said: dict[int, tuple[str, float, str, int, str]] = {}
    # a section of the list stands over its whole street, whatever their order
    for match, sections in sorted(meant, key=lambda row: bool(row.sections)):
        where = listed_as.isin(sections) if sections else roots == match.street_id
        for position in np.flatnonzero(where):
            said[int(position)] = (str(match.value), match.certainty, match.how, match.row, match.name)
    rows = pd.DataFrame.from_dict(said, orient="index", columns=["tier", "certainty", "how", "row", "name"])
    return rows.sort_index()


def _quarters(streets: gpd.GeoDataFrame, around: Surroundings | None, crs: pyproj.CRS) -> NDArray[np.object_] | None:
    """Return the quarter of each street's middle; None where no quarters are known."""
    if around is None or around.quarters is None or around.quarters.empty:
        return None
    places = shapely.get_coordinates(shapely.point_on_surface(streets.geometry.to_numpy(dtype=object)))
    return quarter_of(places, around.quarters, crs)


def _learn(
    streets: gpd.GeoDataFrame,
    scores: pd.DataFrame,
    official: pd.DataFrame,
    profile: Profile,
    quarter: NDArray[np.object_] | None,
    ungraded: NDArray[np.bool_],
) -> Grading:
    """Choose how to infer, from the streets that the list names beyond doubt."""
    sure = official[official["how"].isin(["exact", "alias"])] if len(official) else official
    graded = sure[~ungraded[sure.index]]
    tier = np.array([ORDER.index(name) for name in graded["tier"]], dtype=np.int64)
    street = root_of(streets["street_id"].iloc[graded.index]).to_numpy(dtype=object)
    shares = shares_of(scores.iloc[graded.index], profile)
    return choose(shares, tier, profile, street, None if quarter is None else quarter[graded.index])


def _with_list(streets: gpd.GeoDataFrame, official: pd.DataFrame, tier_list: StreetList | None) -> gpd.GeoDataFrame:
    """Put the official list over the inferred tiers; `official_tier` keeps the listed tier through later decisions."""
    result = streets.copy(deep=False)
    result["official_tier"] = pd.Series(None, index=result.index, dtype=object)
    if tier_list is None or official.empty:
        return result
    where = result.index[official.index]
    for column in TIER_COLUMNS:
        result[column] = result[column].astype(object)
    result.loc[where, "official_tier"] = official["tier"].to_numpy()
    result.loc[where, "tier"] = official["tier"].to_numpy()
    result.loc[where, "tier_source"] = "official"
    result.loc[where, "tier_confidence"] = official["certainty"].to_numpy()
    result.loc[where, "tier_reason"] = [
        str(_list_reason(tier_list.file, row, name, how))
        for row, name, how in zip(official["row"], official["name"], official["how"], strict=True)
    ]
    result["tier_confidence"] = result["tier_confidence"].astype(float)
    return result


def _list_reason(file: str, row: int, name: str, how: str) -> Text:
    zh, en = f"官方名单 {file} 第 {row} 行", f"official list {file}, row {row}"
    if how == "similar":
        return Text(f"{zh}：按相似匹配“{name}”，待确认", f"{en}: matched by similarity to “{name}”, to be confirmed")
    if how == "several":
        return Text(f"{zh}：同名街道不止一条，待确认", f"{en}: several streets have this name, to be confirmed")
    if how == "alias":
        return Text(f"{zh}（名单写作“{name}”）", f"{en} (there “{name}”)")
    return Text(zh, en)


def _with_unnamed(
    streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, scores: pd.DataFrame, grading: Grading, profile: Profile
) -> gpd.GeoDataFrame:
    """
    Give unnamed streets a tier from the streets they connect to.

    One that meets a named street of its own class has that street's tier (the longest's, if several). Another keeps the
    tier of its own points, but no stricter one than the strictest named street that it meets.
    """
    street = pd.Index(streets["street_id"]).get_indexer(pd.Index(roads["street_id"]))
    graded = (streets["tier"] != "unclassified").to_numpy()
    unnamed = streets["name"].isna().to_numpy() & graded & (streets["tier_source"] == "inferred").to_numpy()
    named = streets["name"].notna().to_numpy() & graded
    ends = np.concatenate(end_nodes(roads.geometry.to_numpy()))
    touches = pd.DataFrame({"node": ends, "street": np.tile(street, 2)}).drop_duplicates()
    pairs = touches[unnamed[touches["street"]]].merge(
        touches[named[touches["street"]]], on="node", suffixes=("", "_named")
    )
    if pairs.empty:
        return streets
    classes = pd.factorize(streets["highway"])[0]
    place = np.array([ORDER.index(tier) if tier in ORDER else -1 for tier in streets["tier"]])
    pairs = pairs.assign(
        same=classes[pairs["street"]] == classes[pairs["street_named"]],
        shortness=-streets["length_m"].to_numpy()[pairs["street_named"]],
        place=place[pairs["street_named"]],
    )
    strictest = pairs.groupby("street")["place"].max()
    first = pairs[pairs["same"]].sort_values(["street", "shortness", "street_named"]).drop_duplicates("street")

    result = streets.copy(deep=False)
    shares = shares_of(scores, profile)
    confidence = result["tier_confidence"].to_numpy().copy()
    tier, reason = (result[column].to_numpy(dtype=object).copy() for column in ("tier", "tier_reason"))
    # the neighbours' tier holds as far as the street's own points allow it
    own = grading.model.probabilities(shares)
    at, of = first["street"].to_numpy(), first["street_named"].to_numpy()
    tier[at] = tier[of]
    confidence[at] = np.minimum(confidence[of], np.maximum(own[at, place[of]], _LEAST_OF_NEIGHBOURS))
    codes, names = pd.factorize(streets["name"].to_numpy(dtype=object)[of])
    texts = [
        str(Text(f"无名道路，与“{name}”相连且等级相同", f"unnamed, meets “{name}” of the same class")) for name in names
    ]
    reason[at] = np.array(texts, dtype=object)[codes]
    capped = strictest[~strictest.index.isin(at) & (strictest < place[strictest.index])]
    tier[capped.index] = np.array(ORDER, dtype=object)[capped]
    confidence[capped.index] = np.maximum(own[capped.index, capped], _LEAST_OF_NEIGHBOURS)
    reason[capped.index] = str(Text("无名道路，不严于所连接的街道", "unnamed, no stricter than the streets it meets"))
    result["tier"], result["tier_reason"], result["tier_confidence"] = tier, reason, confidence.round(3)
    return result
