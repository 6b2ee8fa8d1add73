"""Workbooks of every format give the rows of their visible sheets; what is locked or packed is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.files.formats import read_file
from tests.support.workbooks import Rows, compound_file, write_ods, write_strict, write_xlsb, write_xlsx

HEADERS = ["编号", "类型", "经度", "纬度", "受理时间"]
MARCH: Rows = [
    HEADERS,
    ["A1", "占道经营", 24.9435, 60.169, "2025-03-01 08:00"],
    ["A2", "店外经营", 24.9436, 60.169, "2025-03-02 09:00"],
]
APRIL: Rows = [HEADERS, ["B1", "占道经营", 24.9437, 60.169, "2025-04-01 08:00"]]
OLD: Rows = [HEADERS, ["X1", "占道经营", 24.9437, 60.169, "2019-04-01 08:00"]]

WRITERS = [
    (write_xlsx, "xlsx", ".xlsx"),
    (write_strict, "xlsx", ".xlsx"),
    (write_ods, "ods", ".ods"),
    (write_xlsb, "xlsb", ".xlsb"),
]


@pytest.mark.parametrize("suffix", ["", ".xls"])
@pytest.mark.parametrize(("write", "name", "own"), WRITERS)
def test_visible_sheets_are_read_and_hidden_ones_named(
    write: Callable[..., Path], name: str, own: str, suffix: str, tmp_path: Path
) -> None:
    """Whatever the file calls itself."""
    file = write(tmp_path / f"台账{suffix or own}", {"三月": MARCH, "四月": APRIL, "旧": OLD}, ["旧"])
    raw = read_file(file)
    assert raw.format == name
    assert raw.table["编号"].tolist() == ["A1", "A2", "B1"]
    assert raw.table["经度"].tolist() == ["24.9435", "24.9436", "24.9437"]
    assert [(sheet.sheet, sheet.read, sheet.reason) for sheet in raw.sheets] == [
        ("三月", True, ""),
        ("四月", True, ""),
        ("旧", False, "hidden"),
    ]
    assert any("“旧” is hidden" in finding.problem.en for finding in raw.findings)
    assert read_file(file, sheets=("旧",)).table["编号"].tolist() == ["X1"]


@pytest.mark.parametrize("write", [write_ods, write_xlsb])
def test_cells_merged_downwards_are_filled(write: Callable[..., Path], tmp_path: Path) -> None:
    file = write(tmp_path / "a", {"三月": MARCH}, merged=2)
    raw = read_file(file)
    assert raw.table["编号"].tolist() == ["A1", "A1"]
    assert any("1 merged cells" in finding.problem.en for finding in raw.findings)


def test_a_hidden_row_of_a_binary_workbook_is_a_record_and_is_named(tmp_path: Path) -> None:
    raw = read_file(write_xlsb(tmp_path / "a.xlsb", {"三月": MARCH}, hidden_row=3))
    assert raw.table["编号"].tolist() == ["A1", "A2"]
    assert any("1 rows are hidden (rows 3)" in finding.problem.en for finding in raw.findings)


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv"])
@pytest.mark.parametrize(
    "streams",
    [
        {"EncryptionInfo": b"\x04\x00\x04\x00" + bytes(100), "EncryptedPackage": bytes(5000)},
        {"Workbook": bytes.fromhex("0908100000060500bb0dcc0700000000060000002f00060000000000abcd0a000000")},
    ],
)
def test_a_password_is_named_whatever_the_file_calls_itself(
    streams: dict[str, bytes], suffix: str, tmp_path: Path
) -> None:
    (tmp_path / f"a{suffix}").write_bytes(compound_file(streams))
    with pytest.raises(InputError, match="protected by a password"):
        read_file(tmp_path / f"a{suffix}")


@pytest.mark.parametrize("suffix", [".rar", ".zip", ".xlsx", ".csv"])
@pytest.mark.parametrize(
    ("head", "words"),
    [(b"Rar!\x1a\x07\x00", "RAR"), (b"Rar!\x1a\x07\x01\x00", "RAR"), (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z")],
)
def test_archives_of_other_programs_are_named(head: bytes, words: str, suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"a{suffix}").write_bytes(head + bytes(300))
    with pytest.raises(InputError, match=f"{words} archive"):
        read_file(tmp_path / f"a{suffix}")
