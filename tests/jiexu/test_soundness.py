"""The verbs that check a study and mask the personal data in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.study.check_documents import PrivacyDocument, VerifyDocument
from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier
from jiexu.__main__ import app
from tests.support.commands import run
from tests.support.damage import edit, flip


def test_a_sound_study_and_a_damaged_one(study: Path) -> None:
    done = run(app, ["verify", str(study)])
    assert done.exit_code == 0
    assert "study.gpkg: sound" in done.stdout
    found: VerifyDocument = json.loads(run(app, ["verify", str(study), "--json"]).stdout)
    assert set(found) == set(VerifyDocument.__annotations__)
    flip(study, "Vuorikatu", "Vuoriketu")
    done = run(app, ["verify", str(study)])
    assert done.exit_code == 1
    assert "- streets: Damaged" in done.stdout
    assert "→ Still sound: " in done.stdout
    done = run(app, ["export", str(study), "--layer", "streets", "--to", str(study.with_name("s.geojson"))])
    assert done.exit_code == 2
    assert "jiexu verify study.gpkg" in done.output


def test_an_edit_is_accepted(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(study, "UPDATE stalls SET goods = '花' WHERE fid = 1")
    assert run(app, ["verify", str(study)]).exit_code == 1
    done = run(app, ["verify", str(study), "--accept"])
    assert done.exit_code == 0
    assert "Changes are accepted: stalls" in done.stderr
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    done = run(app, ["verify", str(study), "--accept"])
    assert "没有由其他程序改动的图层" in done.stderr
    assert "完好" in done.stdout


def test_masking_is_said_and_told_from_a_change(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    street = read_layer(study, "streets")["street_id"].iloc[0]
    with monkeypatch.context() as earlier:  # reasons were not masked when they were written
        for module in ("geo.tiers.decisions", "geo.study.decisions"):
            earlier.setattr(f"{module}.signed", lambda reason, by: (reason, by))
        decide_tier(study, street, "secondary", "电话13812345678", "王")
    done = run(app, ["privacy", str(study)])
    assert done.exit_code == 0
    assert "decisions.reason: 1  电话 1" in done.stdout
    found: PrivacyDocument = json.loads(run(app, ["privacy", str(study), "--mask", "--by", "李", "--json"]).stdout)
    assert set(found) == set(PrivacyDocument.__annotations__)
    assert found["masked"]
    said = run(app, ["verify", str(study)])
    assert said.exit_code == 0
    assert "reason of D0001 was masked on 20" in said.stdout
    assert " by 李" in said.stdout
    done = run(app, ["privacy", str(study), "--forget-after", "12"])
    assert "complaints before " in done.stdout
    assert "Backups" in done.stdout
    edit(study, "UPDATE decisions SET reason = 'x' WHERE fid = 1")
    said = run(app, ["verify", str(study)])
    assert said.exit_code == 1
    assert "reason of decision D0001 was changed" in said.stdout
