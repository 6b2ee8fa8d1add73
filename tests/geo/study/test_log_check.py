"""Whatever is done to the decisions behind the log's back is found, and masking is told from changing."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from geo.study.file import changing, connect, read_layer
from geo.study.log_chain import TABLE, Entry, entries_in, field_digest, mask_fields
from geo.study.log_check import check_log
from geo.tiers.decisions import decide_tier
from tests.support.damage import edit


@pytest.fixture(scope="module")
def logged(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five decisions. Do not change it."""
    path = Path(shutil.copy(bare, tmp_path_factory.mktemp("logged") / "study.gpkg"))
    for number, street in enumerate(read_layer(path, "streets")["street_id"][:5]):
        decide_tier(path, street, "secondary", f"reason {number}", "王")
    return path


@pytest.fixture
def study(logged: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(logged, tmp_path / "study.gpkg"))


def problems(study: Path) -> list[str]:
    with connect(study) as connection:
        return [text.en for text in check_log(connection).problems]


def test_an_untouched_log_is_sound(study: Path) -> None:
    assert problems(study) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE decisions SET reason = 'another' WHERE decision_id = 'D0002'", "reason of decision D0002 was changed"),
        ("UPDATE decisions SET \"by\" = '李' WHERE decision_id = 'D0005'", "by of decision D0005 was changed"),
        ("UPDATE decisions SET at = '2020-01-01T00:00:00.000Z' WHERE fid = 1", "at of decision D0001 was changed"),
        ("UPDATE decisions SET lon = lon + 0.001 WHERE fid = 3", "lon of decision D0003 was changed"),
        ("DELETE FROM decisions WHERE decision_id = 'D0003'", "Decision D0003 was deleted"),
        ("DELETE FROM decisions WHERE decision_id = 'D0005'", "Decision D0005 was deleted"),
        ("INSERT INTO decisions (decision_id, reason) VALUES ('D0009', 'x')", "Decision D0009 was inserted"),
        ("UPDATE decisions SET fid = 99 WHERE fid = 2", "The decisions were reordered"),
        (f"UPDATE {TABLE} SET salts = '{{}}' WHERE entry = 2", "its salt is gone"),
        (f"UPDATE {TABLE} SET digests = '{{}}' WHERE entry = 2", "Entry 2 (D0002) of the log was changed"),
        (f"DELETE FROM {TABLE} WHERE entry = 2", "Entries before entry 3 (D0003) are missing"),
        (f"DELETE FROM {TABLE}", "5 entries of the log are gone"),
        (f"DROP TABLE {TABLE}", "The chain of the log was removed"),
    ],
)
def test_each_change_is_named(study: Path, change: str, said: str) -> None:
    edit(study, change)
    assert any(said in each for each in problems(study)), problems(study)


def test_the_newest_decisions_cannot_be_cut_off_with_their_entries(study: Path) -> None:
    edit(study, "DELETE FROM decisions WHERE fid > 3", f"DELETE FROM {TABLE} WHERE entry > 3")
    assert problems(study) == ["2 entries of the log are gone"]


def test_a_changed_text_with_a_new_salt_and_digest_does_not_fit_the_chain(study: Path) -> None:
    with connect(study) as connection:
        entries = entries_in(connection) or []
    entry = entries[1]
    digests = {**entry.digests, "reason": field_digest("0" * 32, "reason", "another")}
    salts = {**entry.salts, "reason": "0" * 32}
    forged = Entry(*entry[:6], digests, salts, entry.previous, "").expected()
    texts = json.dumps(digests), json.dumps(salts)
    change = f"UPDATE {TABLE} SET digests = '{texts[0]}', salts = '{texts[1]}'"
    edit(study, "UPDATE decisions SET reason = 'another' WHERE fid = 2", f"{change} WHERE entry = 2")
    assert problems(study) == ["Entry 2 (D0002) of the log was changed"]
    # with a hash of its own it does not fit the next one
    edit(study, f"UPDATE {TABLE} SET hash = '{forged}' WHERE entry = 2")
    assert problems(study) == ["Entries before entry 3 (D0003) are missing or replaced"]


def test_masked_is_told_from_changed(study: Path) -> None:
    with changing(study) as connection:
        mask_fields(connection, {("D0001", "reason"): "[电话]"}, "李", dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    assert problems(study) == []
    edit(study, "UPDATE decisions SET reason = '[姓名]' WHERE fid = 1")
    assert problems(study) == ["reason of decision D0001 was changed"]
