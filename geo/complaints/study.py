"""The work on complaints, from and into the study file: hot spots and answers."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo.complaints.answer_documents import (
    AnsweringDocument,
    AnswerTimes,
    ChannelDocument,
    ClosingTimes,
    OverdueComplaint,
    PatternsDocument,
    RepeatSpot,
    ResponseDocument,
    ResponseShares,
    SeasonDocument,
    StreetShares,
    TimesDocument,
)
from geo.complaints.answer_times import RESPONSES, in_time, months, overdue, shares, span_of, survival
from geo.complaints.documents import ChangeMonths, ClusterDocument, HotspotsDocument, RepeatsDocument, StreetsDocument
from geo.complaints.effects import Effect, effects, months_covered, tier_rates
from geo.complaints.hot_streets import Hot, Moment, exposure_of, hot_streets, kept_complaints
from geo.complaints.left_out import answers_left_out, hot_spots_left_out, without_place
from geo.complaints.legal_bases import category_bases
from geo.complaints.local_statistics import SEED
from geo.complaints.measure_documents import EffectDocument, MeasuresDocument, TierRate
from geo.complaints.neighbourhoods import share_ratio
from geo.complaints.scan import Cluster
from geo.complaints.street_tables import (
    alike_of,
    change_document,
    change_of,
    changed_rows,
    hot_street_rows,
    place_months,
    rounded,
    streets_of,
)
from geo.complaints.trends import EMERGING, month_text, repeats, seasons, weekday_hours, whole_months
from geo.core.arrays import Floats
from geo.core.errors import StudyError
from geo.core.records import document_rows
from geo.core.text import Text
from geo.jobs import progress
from geo.points.cases import cases, placed_cases
from geo.rules.loader import Profile
from geo.streets.locating import street_of
from geo.streets.name_search import longest_names
from geo.streets.quarters import quarter_of
from geo.study.doubts import doubted
from geo.study.file import now
from geo.study.left_out import LeftOut, left_out_text
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.rights import requires

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


@requires("decide")
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
    progress.step("读取投诉", "Read the complaints", 1, 4)
    profile, crs, timezone = study.profile, study.crs, study.place.timezone
    roads = study.layer("segments")
    every = study.layer("complaints")
    counted = kept_complaints(every, timezone, category, months)
    complaints = counted.rows
    if complaints.empty:
        raise StudyError(
            _nothing_to_analyse(counted.left_out),
            Text(
                "请先导入投诉（jiexu add --kind complaints），或换一个类别",
                "Import them first (jiexu add --kind complaints), or choose another category",
            ),
        )
    progress.step("检验热点", "Test for hot spots", 2, 4)
    shares_of = exposure_of(roads, study.table("street_scores"), profile, exposure)
    found = hot_streets(complaints, roads, shares_of, crs, profile, timezone, bandwidth_m, when)
    progress.step("汇总各街道", "Sum up by street", 3, 4)
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
        "hot_m": round(float(found.around.lixels.length_m[found.near.hot].sum()), 1),
        "neighbourhood_m": found.around.within_m,
        "places": len(found.places.segment),
        "scatter_m": found.places.scatter_m,
        "repeated": round(1 - len(found.places.segment) / found.counted, 4),
        **_street_tables(found, roads, complaints, shares_of, profile, timezone),
        "clusters": [_cluster_document(number, each, found, roads) for number, each in enumerate(found.clusters)],
        "emerging": _kinds(found.layer),
        "repeats": _repeats_document(complaints, crs, profile),
        **_change_months(complaints, timezone),
        "left_out": hot_spots_left_out(counted, timezone, when is not None),
    }
    command = command_of(
        "hotspots",
        study,
        category=category,
        bandwidth=bandwidth_m,
        exposure=exposure,
        months=months and ":".join(months),
    )
    progress.step("写入研究文件", "Write the study", 4, 4)
    HOTSPOTS.keep(study, summary, {"hotspots": found.layer}, command, seed=SEED)
    return summary


def _nothing_to_analyse(left_out: LeftOut) -> Text:
    """Return the problem of a study without complaints that count, with the reasons why others do not."""
    why = left_out_text(left_out)
    return Text(
        f"研究中没有可分析的投诉（{why.zh}）" if left_out else "研究中没有可分析的投诉",
        f"The study has no complaints to analyse ({why.en})" if left_out else "The study has no complaints to analyse",
    )


def _change_months(complaints: pd.DataFrame, timezone: str) -> ChangeMonths:
    """Return the first and the last month that change is judged by."""
    whole = whole_months(complaints["received_at"], timezone)
    return {"change_months": [month_text(int(whole[0])), month_text(int(whole[-1]))] if len(whole) else None}


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


def _street_tables(
    found: Hot, roads: gpd.GeoDataFrame, complaints: gpd.GeoDataFrame, exposure: Floats, profile: Profile, timezone: str
) -> StreetsDocument:
    """Return the streets that are high themselves or in hot neighbourhoods, and the changes against their past."""
    row = pd.Index(roads["segment_id"]).get_indexer(pd.Index(complaints["segment_id"]))
    streets, times = streets_of(roads, exposure, row, found.places), complaints["received_at"]
    by_month, days, months = place_months(streets.of[row], found.places, times, timezone, len(streets.counts))
    change = change_of(by_month, days, profile)
    alike = alike_of(streets.places, streets.exposure, streets.table["highway"], profile)
    span = months_covered(complaints)
    return {
        "high": int(found.high.sum()),
        "span_months": round(max(span, 1.0), 2),
        "streets": hot_street_rows(streets, alike, change, found.around, found.near, span),
        "worse": changed_rows(streets, change, days, months, worse=True),
        "better": changed_rows(streets, change, days, months, worse=False),
        "change": change_document(change, streets, months, profile),
    }


def _cluster_document(number: int, cluster: Cluster, found: Hot, roads: gpd.GeoDataFrame) -> ClusterDocument:
    inside = np.unique(found.around.lixels.row[cluster.members])
    piece = found.around.lixels.at(found.places.segment, found.places.offset_m)
    there = np.isin(piece, cluster.members)
    share = np.array([cluster.expected / max(found.near.total, 1.0)])
    ratio, low, high = (float(each[0]) for each in share_ratio(np.array([cluster.events]), found.near.total, share))
    return {
        "cluster": f"C{number + 1}",
        "streets": longest_names(roads.iloc[inside], 3),
        "segments": len(inside),
        "complaints": int(found.places.reports[there].sum()),
        "places": int(cluster.events),
        "expected": round(cluster.expected, 1),
        "ratio": rounded(ratio),
        "low": rounded(low),
        "high": rounded(high),
        "p_value": cluster.p_value,
    }


@on_study
def response_of(study: Study, at: pd.Timestamp | None = None) -> ResponseDocument:
    """
    Return the responses to complaints: the document of `jiexu response --json`.

    Rates are over the time that the data cover by their undoubted times; ages of open complaints are those of a moment.

    Parameters
    ----------
    study
        The study, or its path.
    at
        The moment: complaints are as they stood then, and later ones count for nothing; by default now.

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
    when = pd.Timestamp(now()) if at is None else at
    span = span_of(complaints, when)
    behind = span.days_before(when)
    return {
        "at": when.isoformat(),
        "since": _moment(span.first),
        "until": _moment(span.until),
        "days_behind": None if behind is None else round(behind, 1),
        **_answering(study, complaints, when),
        **_times(study, complaints, when),
        **_measures(study, complaints, when),
        **_patterns(study, complaints, when),
        "without_place": without_place(complaints, when),
        "left_out": answers_left_out(complaints, when, study.place.timezone),
    }


def _moment(moment: pd.Timestamp) -> str | None:
    return None if pd.isna(moment) else moment.isoformat()


def _answering(study: Study, complaints: gpd.GeoDataFrame, when: pd.Timestamp) -> AnsweringDocument:
    """Return the shares of the responses: of all cases and by month, and of placed ones by street and quarter."""
    every, placed = cases(complaints, when).rows, placed_cases(complaints, when).rows
    names = study.table("street_lines").set_index("street_id")["name"]
    lonlat = placed.get_coordinates().to_numpy()
    quarter = pd.Series(quarter_of(lonlat, study.layer("quarters"), study.crs), index=placed.index, dtype=object)
    by_street = shares(placed, street_of(placed, study.layer("roads")))
    by_street.insert(1, "name", by_street["group"].map(names))
    answered = every["response"].isin(RESPONSES).any()
    return {
        "target": {name: study.profile[f"answer.shares.{name}"] for name in RESPONSES},
        "shares": document_rows(shares(every), ResponseShares)[0] if answered else None,
        "by_month": document_rows(shares(every, months(every, study.place.timezone)), ResponseShares),
        "by_street": document_rows(by_street.sort_values("answered", ascending=False), StreetShares),
        "by_quarter": document_rows(shares(placed, quarter), ResponseShares),
        "categories": category_bases(every, study.profile),
    }


def _times(study: Study, complaints: gpd.GeoDataFrame, when: pd.Timestamp) -> TimesDocument:
    """Return how long complaints stay open, and the overdue ones."""
    return {
        "hours": _closing(complaints, when),
        "answer_hours": _first_answers(complaints, when),
        "channels": document_rows(in_time(complaints, study.profile, when), ChannelDocument),
        "overdue": document_rows(overdue(complaints, study.profile, when), OverdueComplaint),
    }


def _closing(complaints: pd.DataFrame, when: pd.Timestamp) -> ClosingTimes:
    """Return the times until complaints are closed."""
    curve = survival(complaints, when)
    return {
        "median": curve.quantile(0.5),
        "p90": curve.quantile(0.9),
        "closed": curve.events,
        "open": curve.censored,
    }


def _first_answers(complaints: pd.DataFrame, when: pd.Timestamp) -> AnswerTimes | None:
    """Return the times until complaints are first answered, None where the data know none."""
    if complaints.loc[~doubted(complaints, "answered_at"), "answered_at"].isna().all():
        return None
    curve = survival(complaints, when, "answered_at")
    return {
        "median": curve.quantile(0.5),
        "p90": curve.quantile(0.9),
        "answered": curve.events,
        "open": curve.censored,
    }


def _measures(study: Study, complaints: gpd.GeoDataFrame, when: pd.Timestamp) -> MeasuresDocument:
    """Return the recorded steps, the rates by tier, and the effects of decisions."""
    complaints = cases(complaints, when).rows
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


def _patterns(study: Study, complaints: gpd.GeoDataFrame, when: pd.Timestamp) -> PatternsDocument:
    """Return when complaints come, and where they come again."""
    complaints = cases(complaints, when).rows
    received, timezone = complaints["received_at"], study.place.timezone
    again = repeats(complaints[complaints["segment_id"].notna()], study.crs, study.profile)
    return {
        "seasons": document_rows(seasons(received, timezone), SeasonDocument),
        "weekday_hours": weekday_hours(received, timezone).tolist(),
        "repeats": document_rows(pd.DataFrame(again.spots.drop(columns="geometry")).head(_MOST_SPOTS), RepeatSpot),
    }
