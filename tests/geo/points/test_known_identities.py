"""Two imports of a register update the same rows, also of pseudonyms; what earlier versions lost is named."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import StudyError
from geo.points.imports import add_points
from geo.points.reading import Options
from geo.rules import Profile
from geo.study.file import about, read_layer
from geo.study.keys import FINGERPRINT, key_path
from geo.study.privacy import privacy
from geo.study.reader import Study
from tests.support.points import places


@pytest.fixture
def own(bare: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(bare, tmp_path / "own.gpkg"))


def register(study: Path, folder: Path, numbers: list[str], words: list[str]) -> Path:
    rows = places(study, len(numbers)).assign(工单编号=numbers, 诉求内容=words)
    rows.to_csv(folder / "register.csv", index=False)
    return folder / "register.csv"


def test_a_register_by_telephone_updates_its_rows_with_the_key_alone(
    own: Path, profile: Profile, tmp_path: Path
) -> None:
    numbers = [f"139512345{n:02d}" for n in range(4)]
    plain = register(own, tmp_path, [f"A{n}" for n in range(4)], list("甲乙丙丁"))
    add_points(own, plain, "complaints", profile)
    assert not key_path(own).exists(), "no pseudonym, no key"
    tried = add_points(own, register(own, tmp_path, numbers, list("甲乙丙丁")), "complaints", profile, dry_run=True)
    assert (tried.added, key_path(own).exists()) == (4, False)

    first = add_points(own, register(own, tmp_path, numbers, list("甲乙丙丁")), "complaints", profile)
    second = add_points(own, register(own, tmp_path, numbers, list("甲乙丙戊")), "complaints", profile)
    assert (first.added, second.added, second.updated, second.unchanged) == (4, 0, 1, 3)
    assert len(read_layer(own, "complaints")) == 8

    before, known = own.read_bytes(), about(own)[FINGERPRINT]
    key = key_path(own).rename(tmp_path / "elsewhere.key")
    for dry_run in (True, False):
        with pytest.raises(StudyError, match="--new-key"):
            add_points(own, plain, "complaints", profile, dry_run=dry_run)
    assert own.read_bytes() == before
    other = add_points(own, register(own, tmp_path, numbers, list("甲乙丙己")), "complaints", profile, new_key=True)
    assert other.added == 4
    assert other.reading.findings["problem"].str.contains("A new key is in use: the pseudonyms of 4").any()
    assert about(own)[FINGERPRINT] != known
    key_path(own).unlink()
    key.rename(key_path(own))
    with pytest.raises(StudyError, match="not the key of this study"):
        add_points(own, plain, "complaints", profile)


def test_numbers_that_excel_cut_overwrite_nobody(own: Path, profile: Profile, tmp_path: Path) -> None:
    numbers = ["2.02503E+17"] * 3 + ["320105202511010012"]
    first = add_points(own, register(own, tmp_path, numbers, list("甲乙丙丁")), "complaints", profile)
    assert first.added == 4
    second = add_points(own, register(own, tmp_path, numbers, list("甲乙戊丁")), "complaints", profile)
    assert (second.added, second.updated, second.unchanged) == (1, 0, 3), "the changed row is another by its content"
    texts = read_layer(own, "complaints")["text"]
    assert sorted(texts) == sorted("甲乙丙丁戊")
    assert second.reading.findings["action"].str.contains("format the column as text").sum() == 3


def test_rows_masked_to_one_word_by_an_earlier_version_are_named(own: Path, profile: Profile, tmp_path: Path) -> None:
    add_points(own, register(own, tmp_path, ["A1", "A2", "A3"], list("甲乙丙")), "complaints", profile)
    study = Study(own)
    rows = study.layer("complaints").assign(complaint_id=["[证件号]", "[证件号]-row-3", "A3"])
    study.write({"complaints": rows})
    later = add_points(own, register(own, tmp_path, ["A3", "A4", "A5"], list("丙丁戊")), "complaints", profile)
    findings = pd.DataFrame(later.reading.findings)
    lost = findings[findings["problem"].str.contains("cannot be told apart")]
    assert len(lost) == 1
    assert "[证件号]-row-3" in lost["problem"].iloc[0]
    assert "I0001" in lost["action"].iloc[0]


def test_rows_without_an_identifier_are_known_by_the_key_and_by_what_earlier_versions_called_them(
    own: Path, profile: Profile, tmp_path: Path
) -> None:
    words = ["来电人电话13912345678", "占道经营", "市民张伟反映占道"]
    rows = places(own, 3).drop(columns="工单编号").assign(诉求内容=words)
    rows.to_csv(tmp_path / "a.csv", index=False)
    read = add_points(own, tmp_path / "a.csv", "complaints", profile, Options(crs="WGS84"))
    names = read_layer(own, "complaints")["complaint_id"]
    assert names.str.startswith("xk-").tolist() == [True, False, True], "only what the study does not keep needs a key"
    assert key_path(own).exists()

    times = [pd.Timestamp(text).to_pydatetime() for text in rows["受理时间"]]
    rows.assign(受理时间=times).to_excel(tmp_path / "b.xlsx", index=False)
    second = add_points(own, tmp_path / "b.xlsx", "complaints", profile, Options(crs="WGS84"))
    assert (second.added, second.updated, second.unchanged) == (0, 0, 3)

    study = Study(own)  # as an earlier version named them
    earlier = study.layer("complaints").assign(complaint_id=read.reading.former["content"].tolist())
    study.write({"complaints": earlier})
    kept = add_points(own, tmp_path / "a.csv", "complaints", profile, Options(crs="WGS84"))
    assert (kept.added, kept.updated, kept.unchanged) == (0, 0, 3)
    assert set(read_layer(own, "complaints")["complaint_id"]) == set(earlier["complaint_id"])


def test_masking_an_old_study_gives_the_pseudonyms_that_the_next_import_looks_for(
    own: Path, profile: Profile, tmp_path: Path
) -> None:
    numbers = [f"139512345{n:02d}" for n in range(3)]
    add_points(own, register(own, tmp_path, ["A0", "A1", "A2"], list("甲乙丙")), "complaints", profile)
    study = Study(own)
    study.write({"complaints": study.layer("complaints").assign(complaint_id=numbers)})
    privacy(own, mask=True)
    names = read_layer(own, "complaints")["complaint_id"]
    assert names.str.startswith("p-").all()
    later = add_points(own, register(own, tmp_path, numbers, list("甲乙丁")), "complaints", profile)
    assert (later.added, later.updated, later.unchanged) == (0, 1, 2)

    key_path(own).unlink()
    with pytest.raises(StudyError, match="--new-key"):
        privacy(own, mask=True)
    assert privacy(own)["cells"] == 0, "a report needs no key"
    privacy(own, mask=True, new_key=True)
    assert key_path(own).exists()


def test_what_was_forgotten_is_not_imported_again(own: Path, profile: Profile, tmp_path: Path) -> None:
    file = register(own, tmp_path, ["A0", "A1", "A2"], list("甲乙丙"))  # received on the 1st, 2nd and 3rd of March
    add_points(own, file, "complaints", profile)
    at = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    assert privacy(own, forget_after=12, at=at)["forgotten"] == 1
    later = add_points(own, register(own, tmp_path, ["A0", "A1", "A2"], list("甲乙丁")), "complaints", profile)
    assert (later.added, later.updated, later.unchanged, later.older) == (0, 1, 1, 1)
    assert later.reading.findings["problem"].str.contains("received before 2025-03-02").any()
    rows = read_layer(own, "complaints")
    assert sorted(rows["text"].dropna()) == ["丁", "乙"]
    assert len(rows) == 3
