"""Comments on streets and zones: said, seen, done; never lost by a rebuild or by two at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.study.checks import verify
from geo.study.comments import add_comment, comments_on, finish_comment
from geo.study.file import read_layer


@pytest.fixture
def street(study: Path) -> str:
    return str(read_layer(study, "streets")["street_id"].iloc[0])


def test_a_comment_is_open_until_it_is_done(study: Path, street: str) -> None:
    first = add_comment(study, street, "请核实宽度", "王")
    second = add_comment(study, street, "已核实", "李")
    assert (first, second) == ("C0001", "C0002")
    finish_comment(study, first, "李")
    rows = comments_on(read_layer(study, "comments"), street)
    assert rows["comment_id"].tolist() == [second, first]
    assert rows["done_by"].tolist() == [None, "李"]
    finish_comment(study, first, done=False)
    assert read_layer(study, "comments")["done_at"].isna().all()
    assert verify(study)["sound"]


def test_personal_data_never_enters(study: Path, street: str) -> None:
    add_comment(study, street, "请联系店主13812345678", "王科长13912345678")
    raw = study.read_bytes()
    assert b"13812345678" not in raw
    assert b"13912345678" not in raw


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_empty_and_endless_ones_are_refused(study: Path, street: str, text: str) -> None:
    with pytest.raises(StudyError, match="comment"):
        add_comment(study, street, text)


def test_only_on_something_that_is_there(study: Path) -> None:
    with pytest.raises(StudyError, match="no street or zone"):
        add_comment(study, "s0", "text")
    with pytest.raises(StudyError, match="no comment"):
        finish_comment(study, "C0009")


def test_two_at_once_lose_nothing(study: Path, street: str) -> None:
    threads = [threading.Thread(target=add_comment, args=(study, street, f"text {number}")) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_layer(study, "comments")["comment_id"]) == ["C0001", "C0002", "C0003"]


def test_a_rebuild_keeps_them(study: Path, street: str, sample: Inputs) -> None:
    add_comment(study, street, "stays")
    build_study(study, Inputs(sample.osm))
    assert read_layer(study, "comments")["text"].tolist() == ["stays"]
