"""The work on complaints, from and into the study file: hot spots and answers."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd
import pyproj

from geo.complaints.answer_documents import (
    AnsweringDocument,
    AnswerTimes,
    ChannelDocument,
    ClosingTimes,
    EffectDocument,
    MeasuresDocument,
    OverdueComplaint,
    PatternsDocument,
    RepeatSpot,
    ResponseDocument,
    ResponseShares,
    SeasonDocument,
    StreetShares,
    TierRate,
    TimesDocument,
)
from geo.complaints.answer_times import RESPONSES, data_end, in_time, months, overdue, shares, survival
from geo.complaints.documents import ClusterDocument, HotspotsDocument, HotStreet, RepeatsDocument
from geo.complaints.effects import Effect, effects, months_covered, tier_rates
from geo.complaints.hot_streets import Hot, Moment, counted_complaints, exposure_of, hot_streets
from geo.complaints.legal_bases import category_bases
from geo.complaints.local_statistics import SEED, Cluster
from geo.complaints.trends import EMERGING, repeats, seasons, weekday_hours
from geo.core.errors import StudyError
from geo.core.records import document_rows
from geo.core.text import Text
from geo.rules.loader import Profile
from geo.streets.locating import street_of
from geo.streets.name_search import longest_names
from geo.streets.quarters import quarter_of
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of

HOTSPOTS: Final[Result[HotspotsDocument]] = Result(
    "hotspots",
    Text("热点", "Hot spots"),
    MadeOf(layers=("segments", "complaints", "street_scores"), rules=("hotspots", "repeats")),
    ("hotspots",),
)
ANSWERS: Final = MadeOf(
    layers=("complaints", "roads", "street_lines", "quarters"),
    decisions=("tier", "zone", "step", "bays"),
    rules=("answer", "articles.category", "repeats", "measures"),
)
"""The inputs of the figures on how complaints are answered."""

_MOST_SPOTS: Final = 100


@on_study
def find_hotspots(
    study: Study,
    category: str | None = None,
    bandwidth_m: float | str | None = None,
    exposure: str | None = None,
    months: tuple[str, str] | None = None,
    when: Moment | None = None,
) -> HotspotsDocument:
    """
    Find the hot spots of a study's complaints and write the layer `hotspots` into it.

    Parameters
    ----------
    study
        The study, or its path.
    category
        Of complaints; by default all.
    bandwidth_m
        As `hot_streets` takes it.
    exposure
        A column of `roads` to divide by.
    months
        From which month to which, as "2025-03"; by default all.
    when
        As `hot_streets` takes it.

    Returns
    -------
    summary
        The hot streets, the clusters, the emerging hot spots and the recurring spots.

    Raises
    ------
    StudyError
        If the study has no such complaints.
    """
    profile, crs, timezone = study.profile, study.crs, study.place.timezone
    roads = study.layer("segments")
    complaints = counted_complaints(study.layer("complaints"), timezone, category, months)
    if complaints.empty:
        raise StudyError(
            Text("研究中没有可分析的投诉", "The study has no complaints to analyse"),
            Text(
                "请先导入投诉（jiexu add --kind complaints），或换一个类别",
                "Import them first (jiexu add --kind complaints), or choose another category",
            ),
        )
    shares_of = exposure_of(roads, study.table("street_scores"), profile, exposure)
    found = hot_streets(complaints, roads, shares_of, crs, profile, timezone, bandwidth_m, when)
    summary: HotspotsDocument = {
        "complaints": found.counted,
        "category": category,
        "months": list(months) if months else None,
        "when": None if when is None else {"at": when.at.isoformat(), "days": when.days},
        "bandwidth_m": found.bandwidth_m,
        "kernel": profile["hotspots.kernel"],
        "split": profile["hotspots.split"],
        "exposure": exposure or profile["hotspots.exposure"],
        "segments": len(roads),
        "hot": int(found.local.hot.sum()),
        "streets": _hot_streets(found, roads, complaints),
        "clusters": [_cluster_document(number, each, roads) for number, each in enumerate(found.clusters)],
        "emerging": _kinds(found.layer),
        "repeats": _repeats_document(complaints, crs, profile),
    }
    command = command_of(
        "hotspots",
        study,
        category=category,
        bandwidth=bandwidth_m,
        exposure=exposure,
        months=months and ":".join(months),
    )
    HOTSPOTS.keep(study, summary, {"hotspots": found.layer}, command, seed=SEED)
    return summary


def _repeats_document(complaints: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> RepeatsDocument:
    """Return how many spots complaints come back to, and how often."""
    again = repeats(complaints, crs, profile)
    return {
        "spots": len(again.spots),
        "relapses": int(again.spots["relapses"].sum()),
        "share": None if again.share is None else round(again.share, 3),
    }


def _kinds(layer: pd.DataFrame) -> dict[str, int]:
    kinds = layer.drop_duplicates("segment_id")["emerging"].value_counts()
    return {kind: int(kinds.get(kind, 0)) for kind in EMERGING}


def _hot_streets(found: Hot, roads: gpd.GeoDataFrame, complaints: pd.DataFrame) -> list[HotStreet]:
    """Return the streets with hot segments, the most certain first."""
    hot = pd.DataFrame(
        {
            "street_id": roads["street_id"],
            "name": roads["name"],
            "hot_m": roads["length_m"],
            "gi_z": found.local.gi_z,
            "p_value": found.local.p_value,
        }
    )[found.local.hot]
    own = street_of(complaints, roads).value_counts()
    groups = hot.groupby("street_id").agg(
        name=("name", "first"), hot_m=("hot_m", "sum"), gi_z=("gi_z", "max"), p_value=("p_value", "min")
    )
    groups = groups.sort_values("gi_z", ascending=False)
    return [
        {
            "street_id": str(street),
            "name": row["name"] if isinstance(row["name"], str) else None,
            "hot_m": round(float(row["hot_m"]), 1),
            "complaints": int(own.get(street, 0)),
            "gi_z": round(float(row["gi_z"]), 2),
            "p_value": float(row["p_value"]),
        }
        for street, row in groups.iterrows()
    ]


def _cluster_document(number: int, cluster: Cluster, roads: gpd.GeoDataFrame) -> ClusterDocument:
    return {
        "cluster": f"C{number + 1}",
        "streets": longest_names(roads.iloc[cluster.members], 3),
        "segments": len(cluster.members),
        "complaints": int(cluster.events),
        "expected": round(cluster.expected, 1),
        "p_value": cluster.p_value,
    }


@on_study
def response_of(study: Study) -> ResponseDocument:
    """
    Return the responses to complaints: the document of `jiexu response --json`.

    Raises
    ------
    StudyError
        If the study has no complaints.
    """
    complaints = study.layer("complaints")
    if complaints.empty:
        raise StudyError(
            Text("研究中没有投诉", "The study has no complaints"),
            Text("请先导入投诉（jiexu add --kind complaints）", "Import them first: jiexu add --kind complaints"),
        )
    now = data_end(complaints)
    return {
        "until": None if pd.isna(now) else now.isoformat(),
        **_answering(study, complaints),
        **_times(study, complaints, now),
        **_measures(study, complaints),
        **_patterns(study, complaints),
    }


def _answering(study: Study, complaints: gpd.GeoDataFrame) -> AnsweringDocument:
    """Return the shares of the responses: of all complaints, by month, street and quarter."""
    names = study.table("street_lines").set_index("street_id")["name"]
    lonlat = complaints.get_coordinates().to_numpy()
    quarter = pd.Series(quarter_of(lonlat, study.layer("quarters"), study.crs), index=complaints.index, dtype=object)
    by_street = shares(complaints, street_of(complaints, study.layer("roads")))
    by_street.insert(1, "name", by_street["group"].map(names))
    answered = complaints["response"].isin(RESPONSES).any()
    return {
        "target": {name: study.profile[f"answer.shares.{name}"] for name in RESPONSES},
        "shares": document_rows(shares(complaints), ResponseShares)[0] if answered else None,
        "by_month": document_rows(shares(complaints, months(complaints, study.place.timezone)), ResponseShares),
        "by_street": document_rows(by_street.sort_values("answered", ascending=False), StreetShares),
        "by_quarter": document_rows(shares(complaints, quarter), ResponseShares),
        "categories": category_bases(complaints, study.profile),
    }


def _times(study: Study, complaints: gpd.GeoDataFrame, now: pd.Timestamp) -> TimesDocument:
    """Return how long complaints stay open, and the overdue ones."""
    return {
        "hours": _closing(complaints, now),
        "answer_hours": _first_answers(complaints, now),
        "channels": document_rows(in_time(complaints, study.profile, now), ChannelDocument),
        "overdue": document_rows(overdue(complaints, study.profile, now), OverdueComplaint),
    }


def _closing(complaints: pd.DataFrame, now: pd.Timestamp) -> ClosingTimes:
    """Return the times until complaints are closed."""
    curve = survival(complaints, now)
    return {
        "median": curve.quantile(0.5),
        "p90": curve.quantile(0.9),
        "closed": curve.events,
        "open": curve.censored,
    }


def _first_answers(complaints: pd.DataFrame, now: pd.Timestamp) -> AnswerTimes | None:
    """Return the times until complaints are first answered, None where the data know none."""
    if complaints["answered_at"].isna().all():
        return None
    curve = survival(complaints, now, "answered_at")
    return {
        "median": curve.quantile(0.5),
        "p90": curve.quantile(0.9),
        "answered": curve.events,
        "open": curve.censored,
    }


def _measures(study: Study, complaints: gpd.GeoDataFrame) -> MeasuresDocument:
    """Return the recorded steps, the rates by tier, and the effects of decisions."""
    roads = study.layer("roads")
    tiers = roads.drop_duplicates("street_id").set_index("street_id")["tier"]
    lines = study.table("street_lines")
    streets = lines.assign(tier=lines["street_id"].map(tiers))  # the lines come without tiers
    decisions = study.decisions("tier", "zone", "step", "bays")
    steps = decisions.loc[decisions["kind"] == "step", "after"].value_counts()
    found = effects(decisions, complaints, roads, streets, study.profile)
    return {
        "ladder": {str(step): int(count) for step, count in steps.items()},
        "tiers": document_rows(tier_rates(complaints, roads, months_covered(complaints)), TierRate),
        "measures": [_effect_document(effect) for effect in found],
    }


def _effect_document(effect: Effect) -> EffectDocument:
    return {
        "decision_id": effect.decision_id,
        "street_id": effect.street_id,
        "name": effect.name,
        "what": effect.what,
        "before": effect.before,
        "after": effect.after,
        "others_before": effect.others_before,
        "others_after": effect.others_after,
        "days": effect.days,
        "change": effect.change,
        "low": effect.low,
        "high": effect.high,
        "says": str(effect.says),
    }


def _patterns(study: Study, complaints: gpd.GeoDataFrame) -> PatternsDocument:
    """Return when complaints come, and where they come again."""
    received, timezone = complaints["received_at"], study.place.timezone
    again = repeats(complaints[complaints["segment_id"].notna()], study.crs, study.profile)
    return {
        "seasons": document_rows(seasons(received, timezone), SeasonDocument),
        "weekday_hours": weekday_hours(received, timezone).tolist(),
        "repeats": document_rows(pd.DataFrame(again.spots.drop(columns="geometry")).head(_MOST_SPOTS), RepeatSpot),
    }
