"""What readers say of a damaged study becomes a sentence that names the study, the layer and the next step."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
import shapely.errors

from geo.core.text import Text
from geo.study.damage import DamagedError, damaged, reading

STUDY = Path("anyang.gpkg")


@pytest.mark.parametrize(
    "work",
    [
        lambda: struct.unpack("<i", b"\x00"),
        b"\xff".decode,
        lambda: json.loads("{"),
        lambda: shapely.from_wkb(b"\x01\x02"),
        lambda: pa.array([1]).cast(pa.int8()).view(pa.string()),
        lambda: sqlite3.connect(":memory:").execute("SELECT * FROM roads"),
    ],
)
def test_errors_of_reading_become_a_sentence(work) -> None:
    with pytest.raises(DamagedError) as caught, reading(STUDY, "roads"):
        work()
    assert "roads" in str(caught.value)
    assert "jiexu verify anyang.gpkg" in caught.value.sentence("en")
    assert "jiexu verify anyang.gpkg" in caught.value.sentence("zh")


def test_a_locked_file_and_a_fault_of_ours_are_no_damage() -> None:
    with pytest.raises(sqlite3.OperationalError, match="locked"), reading(STUDY):
        raise sqlite3.OperationalError("database is locked")
    with pytest.raises(ZeroDivisionError), reading(STUDY):
        _ = 1 / 0


def test_the_detail_is_told_in_the_readers_language() -> None:
    error = damaged(STUDY, None, Text("末尾缺失", "it is cut short"))
    assert "末尾缺失" in error.sentence("zh")
    assert "cut short" not in error.sentence("zh")
    assert "it is cut short" in error.sentence("en")
