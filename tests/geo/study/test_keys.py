"""The key of a study: beside it, for its owner alone, made once, and asked for where it is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study.keys import FINGERPRINT, carry_key, keep_key, key_path, study_key
from geo.study.writing import ChangedError


def test_a_key_stands_beside_its_study_and_is_the_same_afterwards(tmp_path: Path) -> None:
    study = tmp_path / "南京.v2.gpkg"
    key = study_key(study, {})
    assert not key_path(study).exists(), "it is made when first needed"
    facts = keep_key(study, key)
    path = tmp_path / "南京.v2.key"
    assert path.is_file()
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600
    assert study_key(study, facts) == study_key(study, {}) == key
    assert keep_key(study, key) == facts
    assert [file.name for file in tmp_path.iterdir()] == [path.name], "nothing is left aside"
    assert key.secret.hex() not in facts[FINGERPRINT]


def test_a_missing_and_a_wrong_key_are_refused(tmp_path: Path) -> None:
    study = tmp_path / "a.gpkg"
    facts = keep_key(study, study_key(study, {}))
    own = key_path(study).read_text()
    key_path(study).unlink()
    with pytest.raises(StudyError, match=r"Bring the key .* --new-key"):
        study_key(study, facts)
    keep_key(study, study_key(study, {}))
    with pytest.raises(StudyError, match="not the key of this study"):
        study_key(study, facts)
    key_path(study).write_text("half")
    with pytest.raises(StudyError, match="no key that can be read"):
        study_key(study, facts)
    key_path(study).write_text(own)
    assert study_key(study, facts).replaces is False


def test_a_new_key_leaves_the_wrong_one_aside(tmp_path: Path) -> None:
    study = tmp_path / "a.gpkg"
    facts = keep_key(study, study_key(study, {}))
    key_path(study).unlink()
    keep_key(study, study_key(study, {}))
    other = key_path(study).read_text()
    fresh = study_key(study, facts, new=True)
    assert fresh.replaces
    after = keep_key(study, fresh)
    assert study_key(study, after).secret == fresh.secret
    assert [file.read_text() for file in tmp_path.glob("a.*-*.key")] == [other]


def test_two_who_make_the_first_key_do_not_overwrite_each_other(tmp_path: Path) -> None:
    study = tmp_path / "a.gpkg"
    first, second = study_key(study, {}), study_key(study, {})
    keep_key(study, first)
    with pytest.raises(ChangedError):
        keep_key(study, second)
    assert study_key(study, {}) == first


def test_a_key_goes_along_with_a_copy_of_its_study(tmp_path: Path) -> None:
    study, copy = tmp_path / "a.gpkg", tmp_path / "backup" / "a.gpkg"
    copy.parent.mkdir()
    assert carry_key(study, copy) is None
    facts = keep_key(study, study_key(study, {}))
    assert carry_key(study, copy) == copy.with_suffix(".key")
    assert carry_key(study, copy) == copy.with_suffix(".key")
    assert study_key(copy, facts) == study_key(study, facts)
    assert os.name == "nt" or copy.with_suffix(".key").stat().st_mode & 0o777 == 0o600
    keep_key(tmp_path / "b.gpkg", study_key(tmp_path / "b.gpkg", {}))
    with pytest.raises(StudyError, match="another key"):
        carry_key(study, tmp_path / "b.gpkg")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_key_that_others_may_read_is_tightened_when_it_is_used(tmp_path: Path) -> None:
    study = tmp_path / "a.gpkg"
    facts = keep_key(study, study_key(study, {}))
    for rights in (0o644, 0o666, 0o640):
        key_path(study).chmod(rights)
        study_key(study, facts)
        assert key_path(study).stat().st_mode & 0o777 == 0o600
