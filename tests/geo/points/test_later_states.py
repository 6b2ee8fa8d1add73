"""A later export updates, an earlier one takes nothing back, and a column that is missing erases nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.points.imports import Outcome, add_points
from geo.points.later_states import retired_findings
from geo.points.reading import Options
from geo.rules import Profile
from geo.study.file import connect, read_layer

HEAD = "任务号,小类名称,上报时间,结案时间,更新时间,案件状态,问题描述,经度,纬度"
AT = "24.9405,60.1702"


def add(study: Path, profile: Profile, folder: Path, name: str, head: str, *rows: str) -> Outcome:
    (folder / name).write_text("\n".join([head, *rows]), encoding="utf-8")
    return add_points(study, folder / name, None, profile, Options(crs="WGS84"))


def kept(study: Path) -> pd.DataFrame:
    return pd.DataFrame(read_layer(study, "complaints")).set_index("complaint_id").loc[["Q1", "Q2"]]


def test_a_later_export_closes_cases_and_an_earlier_one_takes_nothing_back(
    study: Path, profile: Profile, tmp_path: Path
) -> None:
    first = (
        f"Q1,店外经营,2026-04-01 09:00,,2026-04-01 09:00,处置中,水果,{AT}",
        f"Q2,沿街晾挂,2026-04-01 10:00,,2026-04-01 10:00,处置中,衣物,{AT}",
    )
    assert add(study, profile, tmp_path, "a.csv", HEAD, *first).added == 2
    second = f"Q1,店外经营,2026-04-01 09:00,2026-04-02 09:00,2026-04-02 09:00,已结案,水果,{AT}"
    later = add(study, profile, tmp_path, "b.csv", HEAD, second)
    assert (later.added, later.updated, later.older) == (0, 1, 0)
    assert kept(study)["status"].tolist() == ["已结案", "处置中"], "a case that is in no later file stays"
    again = add(study, profile, tmp_path, "c.csv", HEAD, *first, f"Q3,店外经营,2026-04-01 09:00,,,处置中,水果,{AT}")
    assert (again.added, again.updated, again.unchanged, again.older) == (1, 0, 1, 1)
    assert "Q1" in again.reading.findings["problem"].str.cat()
    assert kept(study)["closed_at"].notna().tolist() == [True, False]
    reopened = f"Q1,店外经营,2026-04-01 09:00,,2026-04-03 09:00,处置中,水果,{AT}"
    assert add(study, profile, tmp_path, "d.csv", HEAD, reopened).updated == 1
    assert kept(study)["closed_at"].isna().all(), "opened again by a later update"


def test_without_times_of_update_a_file_that_ends_before_a_closing_is_older(
    study: Path, profile: Profile, tmp_path: Path
) -> None:
    head = HEAD.replace(",更新时间", "")
    early = (f"Q1,店外经营,2026-04-01 09:00,,处置中,水果,{AT}", f"Q2,沿街晾挂,2026-04-01 10:00,,处置中,衣物,{AT}")
    late = f"Q1,店外经营,2026-04-01 09:00,2026-04-02 09:00,已结案,水果,{AT}"
    add(study, profile, tmp_path, "late.csv", head, late, early[1])
    assert add(study, profile, tmp_path, "early.csv", head, *early).older == 1
    assert kept(study)["closed_at"].notna().tolist() == [True, False]
    newest = (early[0], f"Q2,沿街晾挂,2026-04-01 10:00,2026-04-05 10:00,已结案,衣物,{AT}")
    assert add(study, profile, tmp_path, "newest.csv", head, *newest).updated == 2, "opened again after its closing"


def test_a_field_without_a_column_keeps_what_is_known(study: Path, profile: Profile, tmp_path: Path) -> None:
    row = f"Q1,店外经营,2026-04-01 09:00,,2026-04-01 09:00,处置中,水果,{AT}"
    add(study, profile, tmp_path, "a.csv", HEAD, row, row.replace("Q1", "Q2"))
    head = HEAD.replace(",问题描述", "")
    short = f"Q1,店外经营,2026-04-01 09:00,2026-04-02 08:00,2026-04-02 08:00,已结案,{AT}"
    assert add(study, profile, tmp_path, "b.csv", head, short).updated == 1
    assert kept(study)["text"].tolist() == ["水果", "水果"]


def test_rows_of_a_category_that_was_split_are_shown_and_split_by_their_file(
    study: Path, profile: Profile, tmp_path: Path
) -> None:
    rows = (
        f"Q1,违规户外广告,2026-04-01 09:00,,,处置中,牌,{AT}",
        f"Q2,围挡,2026-04-01 09:00,,,处置中,围挡,{AT}",
    )
    add(study, profile, tmp_path, "a.csv", HEAD, *rows)
    with connect(study) as connection:
        connection.execute("UPDATE complaints SET category = 'hoarding' WHERE complaint_id IN ('Q1', 'Q2')")
    (finding,) = retired_findings(kept(study), "complaints")
    assert "2 complaints" in finding.problem.en
    again = add(study, profile, tmp_path, "a.csv", HEAD, *rows)
    assert again.updated == 2
    assert kept(study)["category"].tolist() == ["advertising", "works_hoarding"]
    assert retired_findings(kept(study), "complaints") == []


def test_a_study_without_the_new_columns_opens_and_gets_them(study: Path, profile: Profile, tmp_path: Path) -> None:
    with connect(study) as connection:
        for column in ("due_at", "updated_at"):
            connection.execute(f"ALTER TABLE complaints DROP COLUMN {column}")
        connection.execute("DROP TABLE category_words")
        connection.execute("DELETE FROM gpkg_contents WHERE table_name = 'category_words'")
    assert read_layer(study, "complaints")["due_at"].isna().all()
    head = HEAD.replace("更新时间", "处置截止时间")
    row = f"Q1,店外经营,2026-04-01 09:00,,2026-04-01 12:00,处置中,水果,{AT}"
    add(study, profile, tmp_path, "a.csv", head, row, row.replace("Q1", "Q2"))
    assert kept(study)["due_at"].notna().all()
