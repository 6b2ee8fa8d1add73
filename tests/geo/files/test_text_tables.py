"""A bad line of a table of text is named by its number and costs no other line; records always add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.files.raw_file import RawFile
from geo.files.text_tables import read_csv

HEAD = "编号,类型,受理时间,内容,经度,纬度"
ROWS = [f"N{i},占道经营,2025-03-01 09:0{i},早市摊贩占道,114.3{i},36.1{i}" for i in range(8)]


def read(tmp_path: Path, lines: list[str] | bytes, encoding: str = "utf-8") -> RawFile:
    file = tmp_path / "a.csv"
    file.write_bytes(lines if isinstance(lines, bytes) else "\n".join([HEAD, *lines, ""]).encode(encoding))
    return read_csv(file, None)


def named(raw: RawFile) -> list[int | None]:
    return [finding.row for finding in raw.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_broken_byte_costs_one_character_of_one_line(encoding: str, tmp_path: Path) -> None:
    content = "\n".join([HEAD, *ROWS]).encode(encoding)
    at = content.rindex("道".encode(encoding))
    raw = read(tmp_path, content[:at] + b"\xff" + content[at:])
    assert (len(raw.table), raw.encoding, named(raw)) == (8, encoding, [9])
    assert (raw.table["内容"] == "早市摊贩占道").sum() == 7


def test_lines_in_another_encoding_are_read_in_it(tmp_path: Path) -> None:
    content = "\n".join([HEAD, *ROWS[:6]]).encode("gb18030") + b"\n" + "\n".join(ROWS[6:]).encode()
    raw = read(tmp_path, content)
    assert set(raw.table["内容"]) == {"早市摊贩占道"}
    assert "8–9" in raw.findings[0].problem.en


def test_commas_without_quotes_are_joined_where_one_reading_fits_and_left_out_where_several_do(tmp_path: Path) -> None:
    certain = "N8,占道经营,2025-03-01 09:08,路口,北侧,夜间,114.38,36.18"
    raw = read(tmp_path, [*ROWS, certain])
    assert raw.table["内容"].iloc[-1] == "路口,北侧,夜间"
    assert (raw.records, raw.lines_out) == (9, ())
    doubtful = "N8,占道,经营,2025-03-01 09:08,内容,114.38,36.18"  # the comma may be in the number or in the type
    raw = read(tmp_path, [*ROWS, doubtful])
    assert (raw.records, len(raw.table), raw.lines_out, named(raw)) == (9, 8, (10,), [10])


def test_a_quotation_mark_that_is_not_closed_swallows_no_line(tmp_path: Path) -> None:
    raw = read(tmp_path, [*ROWS[:2], 'N2,占道经营,2025-03-01 09:02,"店外,114.32,36.12', *ROWS[3:]])
    assert (len(raw.table), named(raw)) == (8, [4])
    assert raw.table["内容"].loc[4] == '"店外'


def test_lines_are_counted_as_the_file_has_them_when_a_text_has_line_breaks(tmp_path: Path) -> None:
    broken = 'N0,占道经营,2025-03-01 09:00,"第一行\n第二行, ""原话""",114.30,36.10'
    raw = read(tmp_path, [broken, *ROWS[1:3], "N3,占道经营"])
    assert raw.table.index.tolist() == [2, 4, 5, 6]
    assert raw.table["内容"].iloc[0] == '第一行\n第二行, "原话"'
    assert named(raw) == [6]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_any_line_end_and_mark_is_read(end: str, encoding: str, tmp_path: Path) -> None:
    raw = read(tmp_path, end.join([HEAD, *ROWS, ""]).encode(encoding))
    assert raw.table["编号"].tolist() == [f"N{i}" for i in range(8)]
    assert raw.findings == []


def test_a_delimiter_is_told_by_the_table_and_not_by_the_title(tmp_path: Path) -> None:
    head = "# 导出时间: 2025-04-01; 共8条; 系统A"
    raw = read(tmp_path, "\n".join([head, HEAD, *ROWS]).encode())
    assert len(raw.table) == 8
    raw = read(
        tmp_path, "\n".join(["sep=;", HEAD.replace(",", ";"), *(row.replace(",", ";") for row in ROWS)]).encode()
    )
    assert (len(raw.table), raw.table.index[0]) == (8, 3)


def test_long_lists_of_lines_are_summed_up_after_twenty(tmp_path: Path) -> None:
    raw = read(tmp_path, [*ROWS, *(f"S{i},占道经营" for i in range(1, 60, 2))])
    assert len(raw.table) == 38
    assert len(named(raw)) == 21
    assert "10 lines" in raw.findings[-1].problem.en


def test_sums_notes_and_repeated_headers_are_no_records(tmp_path: Path) -> None:
    raw = read(tmp_path, [*ROWS[:4], HEAD, *ROWS[4:], "合计,8,,,,", "制表人：甲,,,,审核：乙,"])
    assert len(raw.table) == raw.records == 8
    assert {finding.problem.en.split(":")[0] for finding in raw.findings} == {
        "Sums", "Repeated headers", "Notes such as 单位 or 日期",
    }  # fmt: skip
