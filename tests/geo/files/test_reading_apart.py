"""Files of users are read in a process of its own; what a file does to it is a sentence."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files import reading_apart
from geo.files.formats import read_file
from geo.files.questions import AskedError, Question
from geo.files.reading_apart import extract_limits, file_limits, inside, pool
from tests.conftest import ROOT
from tests.support.readers import asks, hostile, nested

MB = 1_000_000


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "投诉.csv"
    file.write_text("id,lon,lat\n1,116.35,40.0\n", encoding="utf-8")
    return file


def test_a_file_is_read_elsewhere_and_as_here(table: Path) -> None:
    raw = read_file(table)
    with inside():
        here = read_file(table)
    assert raw.table.equals(here.table)
    assert (raw.name, raw.encoding, raw.findings) == (here.name, here.encoding, here.findings)
    assert hostile(table, "process") != hostile.__wrapped__(table, "process")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("does", "zh", "en"),
    [
        ("aborts", "读取程序因它中止（SIGABRT）", "it ended its reader (SIGABRT)"),
        ("panics", "PanicException", "PanicException"),
        ("asserts", "文件已损坏（AssertionError）", "is damaged (AssertionError)"),
        ("computes", "计算时间超过上限（1 秒）", "more computing than the limit (1 s)"),
        ("grows", "内存超过上限（0.5 GB）", "more memory than the limit (0.5 GB)"),
    ],
)
def test_the_sentence_names_file_and_limit(
    does: str, zh: str, en: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIEXU_READ_SECONDS", "1")
    monkeypatch.setenv("JIEXU_READ_GB", "0.5")
    with pytest.raises(InputError) as caught:
        hostile(table, does)
    assert caught.value.file == str(table)
    assert zh in caught.value.sentence("zh")
    assert en in caught.value.sentence("en")
    assert read_file(table).table["id"].tolist() == ["1"], "the next file is read"


def test_levels_without_end_are_named(table: Path) -> None:
    with pytest.raises(InputError, match="nested deeper than the limit"):
        nested(table)


def test_whatever_a_reader_raises_is_a_sentence_in_this_process_too(table: Path) -> None:
    with inside(), pytest.raises(InputError, match="AssertionError"):
        hostile(table, "asserts")


def test_questions_come_through_with_their_choices(table: Path) -> None:
    question = Question(
        "received_at", "时间", Text("哪个在前？", "Which first?"), ("1/2/25",), ("dmy", "mdy"), "--dates"
    )
    with pytest.raises(AskedError) as caught:
        asks(table, question)
    assert caught.value.questions == (question,)


def test_time_and_memory_grow_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "city.osm.pbf"
    with file.open("wb") as target:
        target.truncate(300 * MB)
    assert file_limits(file).cpu_s > 1000
    assert file_limits(file).memory_bytes == 3_000 * MB
    assert extract_limits(file).memory_bytes == 12_000 * MB
    with file.open("wb") as target:
        target.truncate(MB // 100)
    assert (file_limits(file).cpu_s, file_limits(file).memory_bytes) == (30, 3_000 * MB)
    assert extract_limits(file) == file_limits(file)


@pytest.mark.parametrize("given", ["much", "0", "-3", "nan"])
def test_a_limit_that_is_no_number_is_refused_by_its_name(
    given: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIEXU_READ_GB", given)
    with pytest.raises(InputError, match="JIEXU_READ_GB"):
        read_file(table)


def test_a_missing_file_starts_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reading_apart, "pool", lambda: pytest.fail("a process for nothing"))
    with pytest.raises(InputError, match="No such file"):
        read_file(tmp_path / "none.csv")


def test_the_variable_reads_in_this_process(monkeypatch: pytest.MonkeyPatch, table: Path) -> None:
    monkeypatch.setenv("JIEXU_READERS", "inside")
    monkeypatch.setattr(reading_apart, "pool", lambda: pytest.fail("a process for nothing"))
    reading_apart.warm()
    assert len(read_file(table).table) == 1


def test_where_no_process_can_be_started_it_is_said(monkeypatch: pytest.MonkeyPatch, table: Path) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "not permitted")

    monkeypatch.setattr(pool(), "run", refused)
    with pytest.raises(InputError, match="JIEXU_READERS=inside"):
        read_file(table)


def test_relative_paths_are_those_of_the_caller(monkeypatch: pytest.MonkeyPatch, table: Path, tmp_path: Path) -> None:
    read_file(table)
    monkeypatch.chdir(tmp_path)
    assert len(read_file(table.name).table) == 1
    (tmp_path / "bad.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    with pytest.raises(InputError) as caught:
        read_file("bad.xls")
    assert caught.value.file == "bad.xls"


def test_importing_the_reader_starts_no_process() -> None:
    script = "import geo.files.formats, geo.files.reading_apart as r; print(r.pool.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_a_warm_reader_costs_little(table: Path) -> None:
    def seconds() -> float:
        began = time.perf_counter()
        read_file(table)
        return time.perf_counter() - began

    read_file(table)
    with inside():
        here = min(seconds() for _ in range(5))
    assert min(seconds() for _ in range(5)) - here < 0.15


def test_an_old_workbook_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    """A record of dimensions says 2^32 rows, and one cell stands in the last of 65,536."""
    import xlwt  # noqa: PLC0415

    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for column, name in enumerate(("id", "lon", "lat")):
        sheet.write(0, column, name)
        sheet.write(1, column, 1)
    sheet.write(65_535, 255, "far")
    file = tmp_path / "far.xls"
    book.save(str(file))
    content = bytearray(file.read_bytes())
    at = content.find(struct.pack("<HH", 0x0200, 14))
    assert at > 0
    content[at + 4 : at + 18] = struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0)
    file.write_bytes(bytes(content))
    began = time.perf_counter()
    try:
        assert len(read_file(file).table) <= 65_535
    except InputError as error:
        assert "limit" in str(error)
    assert time.perf_counter() - began < 60
