"""A fault of ours has a number, and a log that quotes nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.faults import Fault, debugging, note_fault


def fault(text: str = "boom") -> Fault:
    try:
        raise ZeroDivisionError(text)
    except ZeroDivisionError as error:
        return note_fault(error, "stalls")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_the_log_says_where_what_and_with_which_versions() -> None:
    noted = fault()
    assert noted.log is not None
    text = noted.log.read_text(encoding="utf-8")
    for words in (noted.number, "ZeroDivisionError: boom", "test_faults.py", "doing: stalls", "pandas ", "Python 3."):
        assert words in text
    assert noted.log.stat().st_mode & 0o077 == 0


def test_texts_are_masked() -> None:
    log = fault("cell “联系人：王伟 13812345678” cannot be read").log
    assert log is not None
    text = log.read_text(encoding="utf-8")
    assert "13812345678" not in text
    assert "王伟" not in text
    assert "cannot be read" in text


def test_the_same_place_has_the_same_digits_and_another_has_others() -> None:
    assert fault("a").number[-4:] == fault("b").number[-4:]
    assert note_fault(KeyError("a")).number[-4:] != fault("a").number[-4:]


def test_old_logs_go(tmp_path: Path) -> None:
    folder = tmp_path / "jiexu" / "faults"
    folder.mkdir(parents=True)
    for day in range(80):
        (folder / f"20200101-{day:06}-0000.log").touch()
    newest = fault().log
    kept = sorted(folder.iterdir())
    assert len(kept) == 50
    assert kept[-1] == newest


def test_a_log_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc")
    noted = fault()
    assert noted.log is None
    assert noted.refused


@pytest.mark.parametrize(("given", "wanted"), [("1", True), ("yes", True), ("", False), ("0", False), ("false", False)])
def test_traces_are_shown_where_they_are_wanted(given: str, wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEXU_DEBUG", given)
    assert debugging() is wanted
