"""Tiers from and into the study file: grading again, surveyed widths, and layers that grading writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.core.masked_words import mask_words, masked
from geo.core.records import document_rows
from geo.jobs import progress
from geo.points.cases import placed_cases
from geo.rules.loader import Profile
from geo.streets.locating import count_per_street
from geo.streets.street_lists import StreetList
from geo.streets.surveyed_widths import SURVEY, read_widths, width_table, with_surveyed
from geo.study.decisions import BASE_TABLE
from geo.study.documents import FindingDocument
from geo.study.file import rule_facts
from geo.study.findings import findings_table
from geo.study.reader import Study, on_study
from geo.study.results import command_of
from geo.study.rights import requires
from geo.study.schema import POINT_KINDS
from geo.tiers.documents import GradingReport, WidthsDocument
from geo.tiers.grading import Grades, grade
from geo.tiers.official_list import LIST_COLUMNS, read_tier_list
from geo.tiers.result import TIER_LIST, TIERS
from geo.tiers.scoring import Surroundings


def kept_list(rows: pd.DataFrame, findings: pd.DataFrame) -> StreetList:
    """
    Return the official list that a study keeps.

    Parameters
    ----------
    rows
        Its table `tier_list`.
    findings
        Its table of findings: the rows that the reader refused are carried on; what fits no street is found anew.
    """
    file = str(rows["file"].iloc[0]) if len(rows) else ""
    refused = findings[(findings["layer"] == "streets") & ~findings["row"].isin(rows["row"])]
    columns = [*LIST_COLUMNS, *(["sheet"] if "sheet" in rows else [])]
    grades = rows.reindex(columns=columns).astype(object)
    return StreetList(file, grades.where(grades.notna(), None), refused)


def graded_layers(
    grades: Grades,
    points: Mapping[str, gpd.GeoDataFrame],
    findings: list[pd.DataFrame],
    tier_list: StreetList | None,
) -> dict[str, pd.DataFrame]:
    """
    Return the layers that grading makes.

    Parameters
    ----------
    grades
        As `geo.tiers.grading.grade` returns.
    points
        Complaints, stalls and parking, located: they are counted by street.
    findings
        All findings of the study.
    tier_list
        The official list, if any.
    """
    streets = grades.streets
    for kind in POINT_KINDS:
        streets[kind] = count_per_street(placed_cases(points[kind]).rows, grades.roads, streets["street_id"])
    layers: dict[str, pd.DataFrame] = {
        "roads": grades.roads,
        "streets": streets,
        "street_scores": grades.scores,
        BASE_TABLE: grades.base,
    }
    found = [table for table in findings if len(table)]
    if found:
        layers["findings"] = pd.concat(found, ignore_index=True)
    if tier_list is not None:
        layers[TIER_LIST] = tier_list.rows.assign(file=tier_list.file)
    return layers


@requires("decide")
@on_study
def grade_study(
    study: Study, profile: Profile | None = None, list_file: Path | None = None, sheets: Sequence[str] = ()
) -> GradingReport:
    """
    Grade the streets of a study again: with a new official list, or after complaints, facilities or rules changed.

    Parameters
    ----------
    study
        The study, or its path.
    profile
        The rules, which are the study's from then on; by default those that it has.
    list_file
        The official list; without one, the list that the study has stays.
    sheets
        The sheets or layers of the list; by default all that fit.

    Returns
    -------
    report
        As `geo.tiers.inference.Grading.report`.

    Raises
    ------
    InputError, StudyError
        For a list that cannot be read, or a study that cannot be written. The study is untouched then.
    """
    return _grade(study, profile or study.profile, list_file, given=profile, sheets=sheets)[0]


@requires("decide")
@on_study
def add_widths(study: Study, file: Path, name: str | None = None, sheets: Sequence[str] = ()) -> WidthsDocument:
    """
    Put surveyed widths into a study, over its earlier ones, and grade its streets again: the width counts there.

    Parameters
    ----------
    study
        The study, or its path.
    file
        As `geo.streets.surveyed_widths.read_widths` takes it.
    name
        What to call it; by default its own name.
    sheets
        The sheets or layers to read; by default all that fit.

    Returns
    -------
    summary
        The length with a surveyed width now, and the findings of the file.

    Raises
    ------
    InputError, StudyError
        For a file that cannot be read, or a study that cannot be written. The study is untouched then.
    """
    surveyed = read_widths(file, sheets)
    if name is not None:
        name = masked(name)
        surveyed = replace(surveyed, file=name, findings=surveyed.findings.assign(source=name))
    found = _grade(study, study.profile, None, surveyed)[1]
    roads = study.layer("roads")
    measured = roads[roads["width_source"] == SURVEY]
    return {
        "rows": len(surveyed.rows),
        "segments": len(measured),
        "km": round(float(measured["length_m"].sum()) / 1000, 3),
        "unread": mask_words(surveyed.unread),
        "findings": document_rows(found, FindingDocument),
    }


def _grade(
    study: Study,
    profile: Profile,
    list_file: Path | None,
    surveyed: StreetList | None = None,
    given: Profile | None = None,
    sheets: Sequence[str] = (),
) -> tuple[GradingReport, pd.DataFrame]:
    """Grade again; return the report of how, and the findings of surveyed widths."""
    progress.step("读取街道", "Read the streets", 1, 3)
    roads, earlier = study.layer("segments"), study.table("findings")
    if list_file is not None:
        tier_list: StreetList | None = read_tier_list(list_file, sheets)
    else:
        tier_list = kept_list(study.table(TIER_LIST), earlier) if study.has(TIER_LIST) else None
    more: dict[str, pd.DataFrame] = {}
    measured = findings_table("roads", [], "")
    if surveyed is not None:
        roads, measured = with_surveyed(roads, surveyed, profile, study.crs)
        more["surveyed_widths"] = width_table(surveyed, study.table("surveyed_widths"))
        earlier = earlier[(earlier["layer"] != "roads") | (earlier["source"] != surveyed.file)]
    around = Surroundings(*(study.layer(name) for name in ("facilities", "paths", "complaints", "quarters")))
    progress.step("评定等级", "Grade the streets", 2, 3)
    grades = grade(roads, tier_list, study.table("decisions"), profile, study.crs, around)
    points = {kind: study.layer("vendors" if kind == "stalls" else kind) for kind in POINT_KINDS}
    findings = [earlier[~earlier["layer"].isin(["streets", "decisions"])], measured, grades.findings]
    layers = {"findings": earlier.iloc[:0], **graded_layers(grades, points, findings, tier_list), **more}
    layers["decisions"] = grades.decisions
    command = command_of("grade", study, list=list_file and masked(list_file.name))
    progress.step("写入研究文件", "Write the study", 3, 3)
    TIERS.keep(study, grades.report, layers, command, rule_facts(given) if given else None)
    return grades.report, measured
