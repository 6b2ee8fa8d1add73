"""An old study is reported on and masked: nothing of the old texts is left in the file, and its log still holds."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import StudyError
from geo.core.place import place_at, place_facts
from geo.study.checks import verify
from geo.study.damage import DamagedError
from geo.study.decisions import standing_on
from geo.study.file import about, read_layer
from geo.study.privacy import day_before, midnight, privacy
from geo.tiers.decisions import decide_tier, undo
from tests.support.damage import edit, flip

PHONE, NAME = "13812345678", "李建国"
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def old(study: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study of before masking was as good: numbers and names in texts, identifiers, decisions, findings, facts."""
    street = read_layer(study, "streets")["street_id"].iloc[0]
    with monkeypatch.context() as earlier:
        for module in ("geo.tiers.decisions", "geo.study.decisions"):
            earlier.setattr(f"{module}.signed", lambda reason, by: (reason, by))
        decide_tier(study, street, "secondary", f"联系人：{NAME}，{PHONE}", f"王科长 {PHONE}")
    decide_tier(study, street, "back_street", "误设", "王科长")
    undo(study, "D0002", "误判", "王科长")
    kept = json.dumps(
        {"complaint_id": "C-OLD", "received_at": "2019-01-01", "text": f"电话{PHONE}", "geometry": "POINT (1 2)"}
    )
    edit(
        study,
        f"UPDATE complaints SET text = '来电人：{NAME}，电话{PHONE}' WHERE fid < 4",
        f"UPDATE stalls SET operator_id = '{PHONE}' WHERE fid = 1",
        "UPDATE stalls SET operator_id = '13987654321' WHERE fid = 2",
        f"UPDATE findings SET problem = '电话{PHONE} ｜ phone {PHONE}' WHERE fid = 1",
        f"UPDATE imports SET file = '投诉{PHONE}.csv' WHERE fid = 1",
        f"INSERT INTO replaced (import_id, kind, row) VALUES ('I0001', 'complaints', '{kept}')",
        f"UPDATE about SET value = '{PHONE}.osm.pbf' WHERE key = 'osm_source'",
    )
    return study


def test_the_sample_has_none(placed: Path) -> None:
    found = privacy(placed)
    assert (found["cells"], found["columns"], found["masked"]) == (0, [], False)


def test_the_report_counts_and_never_quotes(old: Path) -> None:
    content = old.read_bytes()
    found = privacy(old)
    assert old.read_bytes() == content
    counts = {(each["layer"], each["column"]): (each["cells"], each["kinds"]) for each in found["columns"]}
    assert counts["complaints", "text"] == (3, {"姓名": 3, "电话": 3})
    assert counts["stalls", "operator_id"][0] == 2
    assert counts["decisions", "reason"] == (1, {"姓名": 1, "电话": 1})
    assert counts["decisions", "by"] == (1, {"电话": 1})
    assert {layer for layer, _ in counts} >= {"findings", "imports", "replaced", "about", "roads", "streets"}
    assert PHONE not in json.dumps(found)
    assert NAME not in json.dumps(found, ensure_ascii=False)


def test_masking_leaves_nothing_in_the_file_and_the_log_holds(old: Path) -> None:
    decisions = read_layer(old, "decisions")
    found = privacy(old, mask=True, by="李")
    assert found["masked"]
    content = old.read_bytes()
    for text in (PHONE, NAME, "13987654321"):
        assert text.encode() not in content
    assert privacy(old)["cells"] == 0
    after = read_layer(old, "decisions")
    assert after["reason"].tolist() == ["联系人：[姓名]，[电话]", "误设", "误判"]
    assert after["by"].tolist() == ["王科长 [电话]", "王科长", "王科长"]
    assert standing_on(after, "tier")["decision_id"].tolist() == standing_on(decisions, "tier")["decision_id"].tolist()
    operators = read_layer(old, "stalls")["operator_id"]
    assert operators.iloc[0] != operators.iloc[1]
    checked = verify(old)
    assert checked["log"] is not None
    assert checked["log"]["status"] == "sound"
    assert {(each["decision_id"], each["field"], each["by"]) for each in checked["log"]["masked"]} == {
        ("D0001", "reason", "李"),
        ("D0001", "by", "李"),
    }
    assert {problem["part"] for problem in checked["problems"]} == {"layer"}  # the edits of this test's fixture
    undo(old, "D0001", "重新考虑", "王")
    log = verify(old)["log"]
    assert log is not None
    assert log["status"] == "sound"


def test_old_complaints_lose_texts_and_identifiers_and_keep_their_figures(old: Path) -> None:
    edit(
        old,
        "UPDATE complaints SET received_at = '2024-05-01T00:00:00.000Z' WHERE fid < 10",
        "UPDATE complaints SET received_at = NULL WHERE fid = 20",
        "UPDATE complaints SET duplicate_of = (SELECT complaint_id FROM complaints WHERE fid = 1) WHERE fid = 30",
        "UPDATE complaints SET subject_id = 'shop' WHERE fid IN (1, 2, 40)",
    )
    before = read_layer(old, "complaints")
    found = privacy(old, forget_after=24, by="李", at=NOW)
    assert (found["forgotten"], found["undated"], found["forget_before"]) == (9, 1, "2025-01-01")
    after = read_layer(old, "complaints")
    gone = before["received_at"] < pd.Timestamp("2025-01-01", tz="UTC")
    assert gone.sum() == 9
    assert after.loc[gone, "text"].isna().all()
    assert after.loc[gone, "complaint_id"].str.startswith("forgotten-").all()
    assert after["complaint_id"].nunique() == before["complaint_id"].nunique()
    assert after["duplicate_of"].iloc[29] == after["complaint_id"].iloc[0]
    assert after["subject_id"].iloc[0] == after["subject_id"].iloc[1] != "shop"
    assert after["subject_id"].iloc[39] == "shop"
    same = ["category", "received_at", "closed_at", "segment_id", "offset_m"]
    pd.testing.assert_frame_equal(after[same], before[same])
    pd.testing.assert_frame_equal(pd.DataFrame(after[~gone][["text"]]), pd.DataFrame(before[~gone][["text"]]))
    assert json.loads(read_layer(old, "replaced")["row"].iloc[0])["text"] is None
    for identifier in before.loc[gone, "complaint_id"]:
        assert identifier.encode() + b"-" not in old.read_bytes()
    log = verify(old)["log"]
    assert log is not None
    assert [(each["layer"], each["by"]) for each in log["forgotten"]] == [("complaints", "李")]
    again = privacy(old, forget_after=24, by="李", at=NOW)
    assert again["forgotten"] == 0
    assert verify(old)["log"] == log


def test_a_damaged_study_and_a_senseless_age_are_refused(old: Path) -> None:
    with pytest.raises(StudyError, match="months"):
        privacy(old, forget_after=0)
    privacy(old, mask=True)
    facts = about(old)
    flip(old, "Vuorikatu", "Vuoriketu")
    with pytest.raises(DamagedError):
        privacy(old, mask=True)
    assert about(old) == facts


@pytest.mark.parametrize(
    ("at", "months", "zone", "day", "begins"),
    [
        ("2027-01-01T00:00Z", 24, "UTC", "2025-01-01", "2025-01-01T00:00Z"),
        ("2026-12-31T17:00Z", 24, "Asia/Shanghai", "2025-01-01", "2024-12-31T16:00Z"),
        ("2027-01-01T02:00Z", 24, "America/New_York", "2024-12-31", "2024-12-31T05:00Z"),
        ("2027-03-31T12:00Z", 1, "UTC", "2027-02-28", "2027-02-28T00:00Z"),
        ("2028-02-29T12:00Z", 12, "UTC", "2027-02-28", "2027-02-28T00:00Z"),
        ("2019-11-03T12:00Z", 12, "America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00Z"),
        ("2019-11-04T12:00Z", 12, "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z"),  # this day has no midnight
    ],
)
def test_months_are_counted_by_the_clock_of_the_study(at: str, months: int, zone: str, day: str, begins: str) -> None:
    clock = place_facts(place_at(114.3, 36.0, 114.4, 36.1, timezone=zone))
    found = day_before(pd.Timestamp(at).to_pydatetime(), months, clock)
    assert found.isoformat() == day
    assert midnight(found, clock) == pd.Timestamp(begins)


def test_a_complaint_at_the_first_moment_of_the_day_stays(old: Path) -> None:
    moments = ["2024-12-31T21:59:59.000Z", "2024-12-31T22:00:00.000Z"]  # midnight in Helsinki
    edit(old, *(f"UPDATE complaints SET received_at = '{at}' WHERE fid = {1 + n}" for n, at in enumerate(moments)))
    found = privacy(old, forget_after=24, at=NOW)
    assert (found["forgotten"], found["forget_before"]) == (1, "2025-01-01")
    assert read_layer(old, "complaints")["text"].isna().tolist()[:2] == [True, False]
    with pytest.raises(StudyError, match="1 to 1200"):
        privacy(old, forget_after=100_000)
