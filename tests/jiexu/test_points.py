"""The verbs of points: add, imports."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.study.file import about, read_layer
from jiexu.__main__ import app
from tests.support.commands import run
from tests.support.extracts import grid, write_osm


def test_a_file_is_added_listed_and_removed(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("编号,大项,经度,纬度\nZ1,店外经营,24.9435,60.169\nZ2,露天烧烤,0,0\n", encoding="gbk")
    command = ["add", str(study), str(file), "--kind", "complaints", "--crs", "WGS84", "--map", "大项=category"]
    tried = json.loads(run(app, [*command, "--dry-run", "--json"]).stdout)
    assert (tried["import_id"], tried["added"], tried["refused"], tried["encoding"]) == (None, 2, 0, "gb18030")
    assert tried["unplaced"] == 1, "0, 0 is no place"
    assert tried["mapping"]["category"] == "大项"
    before = len(read_layer(study, "complaints"))
    done = run(app, [*command, "--by", "Li"])
    assert done.exit_code == 0, done.output
    assert "2 new" in done.stdout
    listed = json.loads(run(app, ["imports", str(study), "--json"]).stdout)
    assert (listed[-1]["import_id"], listed[-1]["by"], listed[-1]["crs"]) == ("I0004", "Li", "WGS84")
    assert len(read_layer(study, "complaints")) == before + 2
    assert run(app, ["imports", str(study), "--remove", "I0004"]).exit_code == 0
    assert len(read_layer(study, "complaints")) == before
    assert run(app, [*command[:-1], "大项=nonsense"]).exit_code == 2
    assert run(app, ["imports", str(study), "--remove", "I0004"]).exit_code == 2


def test_one_point_whose_system_is_not_sure_is_asked_about(study: Path, tmp_path: Path) -> None:
    rows = [f"{i},{24.936 + 0.0021 * i},{60.1655 + 0.0011 * i}" for i in range(6)] + [
        f"f{i},2.3,48.8" for i in range(9)
    ]
    file = tmp_path / "points.csv"
    file.write_text("\n".join(["id,lon,lat", *rows]), encoding="utf-8")
    result = run(app, ["add", str(study), str(file), "--kind", "stalls"])
    assert result.exit_code == 2
    assert "--crs" in result.output
    shown = json.loads(run(app, ["add", str(study), str(file), "--kind", "stalls", "--dry-run", "--json"]).stdout)
    assert shown["crs"]["sure"] is False
    assert shown["crs"]["evidence"][0]["system"] == "WGS84"


@pytest.mark.parametrize(
    ("kind", "headers", "field"),
    [
        ("complaints", "工单编号;受理时间", "received_at"),
        ("stalls", "摊位编号;有效期至", "permit_until"),
        ("other", "编号;到期时间", "due_at"),
    ],
)
def test_days_that_cannot_be_told_from_months_are_asked_about(
    study: Path, tmp_path: Path, kind: str, headers: str, field: str
) -> None:
    file = tmp_path / "points.csv"
    rows = ["Z1;03.04.2025;24.9435;60.169", "Z2;05.04.2025;24.9436;60.169"]
    file.write_text("\n".join([f"{headers};经度;纬度", *rows]), encoding="utf-8")
    command = ["add", str(study), str(file), "--kind", kind, "--crs", "WGS84"]
    before = about(study)
    refused = run(app, command)
    assert refused.exit_code == 2
    assert "--dates dmy|mdy" in refused.output
    assert "03.04.2025" in refused.output
    assert refused.stdout == ""
    assert about(study) == before
    tried = json.loads(run(app, [*command, "--dry-run", "--json"]).stdout)
    (question,) = tried["questions"]
    column = headers.split(";")[1]
    assert (question["field"], question["column"], question["answer"]) == (field, column, "--dates")
    assert (question["choices"], question["examples"]) == (["dmy", "mdy"], ["03.04.2025", "05.04.2025"])
    assert question["evidence"] == ["2025-04-03", "2025-03-04"]
    assert "? " in run(app, [*command, "--dry-run"]).stdout
    stored = json.loads(run(app, [*command, "--dates", "dmy", "--json"]).stdout)
    assert (stored["added"], stored["questions"]) == (2, [])
    days = pd.to_datetime(read_layer(study, kind).set_index(f"{kind.removesuffix('s')}_id")[field], utc=True)
    assert days[["Z1", "Z2"]].dt.tz_convert("Europe/Helsinki").dt.strftime("%m-%d").tolist() == ["04-03", "04-05"]
    again = json.loads(run(app, [*command, "--dates", f"{column}=dmy", "--json"]).stdout)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert run(app, [*command, "--dates", "ydm"]).exit_code == 2
    assert run(app, [*command, "--dates", "没有这列=dmy"]).exit_code == 2


def test_a_tie_of_datums_is_a_question_and_the_answer_or_a_named_datum_stores_the_file(tmp_path: Path) -> None:
    nodes = grid(12, step=0.0015, origin=(116.40, 39.90))
    lines = [[12 * row + column + 1 for column in range(12)] for row in range(12)]
    lines += [list(line) for line in zip(*lines, strict=True)]
    ways = [(number + 1, line, {"highway": "residential"}) for number, line in enumerate(lines)]
    study = tmp_path / "city.gpkg"
    assert run(app, ["build", str(study), "--osm", str(write_osm(tmp_path / "c.osm", nodes, ways))]).exit_code == 0
    anywhere = np.random.default_rng(3).uniform((116.4065, 39.9065), (116.41, 39.91), (200, 2))
    rows = [f"{number},{lon:.6f},{lat:.6f}" for number, (lon, lat) in enumerate(anywhere)]
    plain, named = tmp_path / "points.csv", tmp_path / "points_gcj02.csv"
    for file in (plain, named):
        file.write_text("\n".join(["id,lng,lat", *rows]), encoding="utf-8")
    command = ["add", str(study), str(plain), "--kind", "complaints"]
    tried = json.loads(run(app, [*command, "--dry-run", "--json"]).stdout)
    (question,) = tried["questions"]
    assert (question["field"], question["column"], question["answer"]) == ("crs", "lng, lat", "--crs")
    assert {"WGS84", "GCJ-02"} <= set(question["choices"])
    asked = run(app, command)
    assert asked.exit_code == 2
    assert "--crs" in asked.output
    assert len(read_layer(study, "complaints")) == 0
    said = json.loads(run(app, ["add", str(study), str(named), "--kind", "complaints", "--dry-run", "--json"]).stdout)
    assert (said["crs"]["system"], said["crs"]["hint"], said["questions"]) == ("GCJ-02", "GCJ-02", [])
    assert run(app, [*command, "--crs", "WGS84"]).exit_code == 0
    assert len(read_layer(study, "complaints")) == 200


def test_the_kind_is_recognised_or_asked(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    head = "工单编号,来电时间,来电号码,小类名称,处置截止时间,经度,纬度\n"
    row = "K1,2026-03-01 08:00,13812345678,店外经营,2026-03-02 08:00,24.9435,60.169\n"
    file.write_text(head + row, encoding="utf-8")
    shown = json.loads(run(app, ["add", str(study), str(file), "--crs", "WGS84", "--dry-run", "--json"]).stdout)
    assert (shown["kind"]["kind"], shown["kind"]["given"], shown["kind"]["sure"]) == ("complaints", False, True)
    assert shown["kind"]["evidence"][0]["columns"]
    assert shown["unread"] == ["来电号码"]
    assert (shown["mapping"]["due_at"], shown["questions"]) == ("处置截止时间", [])
    done = run(app, ["add", str(study), str(file), "--crs", "WGS84"])
    assert done.exit_code == 0, done.output
    assert "来电号码" in done.stdout
    file.write_text("编号,名称,经度,纬度\n1,甲,24.9435,60.169\n", encoding="utf-8")
    before = about(study)
    refused = run(app, ["add", str(study), str(file), "--crs", "WGS84"])
    assert refused.exit_code == 2
    assert "--kind" in refused.output
    assert about(study) == before
    (question,) = json.loads(run(app, ["add", str(study), str(file), "--crs", "WGS84", "--dry-run", "--json"]).stdout)[
        "questions"
    ]
    assert (question["field"], question["answer"]) == ("kind", "--kind")
    assert run(app, ["add", str(study), str(file), "--crs", "WGS84", "--kind", "other"]).exit_code == 0
    file.write_text("街道,等级\n甲路,次干道\n", encoding="utf-8")
    elsewhere = run(app, ["add", str(study), str(file)])
    assert elsewhere.exit_code == 2
    assert "jiexu grade" in elsewhere.output


def test_two_closings_are_asked_about(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    head = "工单编号,受理时间,办结时间,结案时间,经度,纬度\n"
    file.write_text(head + "K1,2026-03-01 08:00,2026-03-02 08:00,2026-03-03 08:00,24.9435,60.169\n", encoding="utf-8")
    command = ["add", str(study), str(file), "--kind", "complaints", "--crs", "WGS84"]
    refused = run(app, command)
    assert refused.exit_code == 2
    assert "--map" in refused.output
    assert run(app, [*command, "--map", "结案时间=closed_at"]).exit_code == 0
    stored = read_layer(study, "complaints").set_index("complaint_id").loc["K1", "closed_at"]
    assert stored.day == 3
    file.write_text(head + "K2,2026-03-01 08:00,2026-03-02 08:00,2026-03-02 08:00,24.9435,60.169\n", encoding="utf-8")
    assert run(app, command).exit_code == 0, "columns that say the same need no answer"


def test_words_for_categories_are_kept_for_later_files(study: Path, tmp_path: Path) -> None:
    file, words = tmp_path / "rows.csv", tmp_path / "words.csv"
    file.write_text("Ticket,Type,Created,lon,lat\nC1,Rodent,2026-01-01,24.9435,60.169\n", encoding="utf-8")
    command = ["add", str(study), str(file), "--kind", "complaints", "--crs", "WGS84", "--json"]
    first = json.loads(run(app, command).stdout)
    assert first["unmapped"] == [{"word": "Rodent", "count": 1}]
    assert any("Rodent" in finding["problem"] for finding in first["findings"])
    assert run(app, ["categories", str(study), "--to", str(words)]).exit_code == 0
    table = pd.read_csv(words)
    assert table["word"].tolist()[-1] == "Rodent"
    table.assign(category="litter").to_csv(words, index=False)
    again = json.loads(run(app, [*command, "--categories", str(words)]).stdout)
    assert (again["updated"], again["unmapped"]) == (1, [])
    file.write_text("Ticket,Type,Created,lon,lat\nC2,rodent,2026-01-02,24.9435,60.169\n", encoding="utf-8")
    assert json.loads(run(app, command).stdout)["unmapped"] == []
    listed = json.loads(run(app, ["categories", str(study), "--json"]).stdout)
    assert {"word": "Rodent", "category": "litter", "own": True} in listed["words"]
    assert run(app, ["categories", str(study)]).exit_code == 0
