"""The verbs of points: add, imports."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geo.study.file import about, read_layer
from jiexu.__main__ import app
from tests.support.commands import run


def test_a_file_is_added_listed_and_removed(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("编号,大项,经度,纬度\nZ1,店外经营,24.9435,60.169\nZ2,露天烧烤,0,0\n", encoding="gbk")
    command = ["add", str(study), str(file), "--kind", "complaints", "--crs", "WGS84", "--map", "大项=category"]
    tried = json.loads(run(app, [*command, "--dry-run", "--json"]).stdout)
    assert (tried["import_id"], tried["added"], tried["refused"], tried["encoding"]) == (None, 1, 1, "gb18030")
    assert tried["mapping"]["category"] == "大项"
    before = len(read_layer(study, "complaints"))
    done = run(app, [*command, "--by", "Li"])
    assert done.exit_code == 0, done.output
    assert "1 new" in done.stdout
    listed = json.loads(run(app, ["imports", str(study), "--json"]).stdout)
    assert (listed[-1]["import_id"], listed[-1]["by"], listed[-1]["crs"]) == ("I0004", "Li", "WGS84")
    assert len(read_layer(study, "complaints")) == before + 1
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
