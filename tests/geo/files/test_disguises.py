"""Files that call themselves workbooks are read as what they are, or refused by a sentence that names them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.files.formats import read_file

PAGE = """<html><head><meta charset="gb2312"><style>td {color: red}</style></head><body><table>
<tr><td colspan="3">三月清单</td></tr><tr><th>工单编号</th><th>街道</th><th>内容</th></tr>
<tr><td>A1</td><td rowspan="2">文峰大道</td><td>一&amp;二</td></tr>
<tr style="display:none"><td>A2</td><td>三<br>四</td></tr></table></body></html>"""
XML = """<?xml version="1.0" encoding="GB2312"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="清单"><Table><Row><Cell><Data ss:Type="String">工单编号</Data></Cell><Cell ss:Index="3"><Data
ss:Type="String">受理时间</Data></Cell></Row><Row ss:Index="4"><Cell><Data ss:Type="String">A1</Data></Cell><Cell
ss:Index="3"><Data ss:Type="DateTime">2025-03-01T09:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_a_web_page_under_the_name_of_a_workbook_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(PAGE.encode("gb18030"))
    raw = read_file(tmp_path / "a.xls")
    assert (raw.format, raw.encoding) == ("html", "gb18030")
    assert raw.table.to_dict("records") == [
        {"工单编号": "A1", "街道": "文峰大道", "内容": "一&二"},
        {"工单编号": "A2", "街道": "文峰大道", "内容": "三\n四"},
    ]
    assert "1 rows are hidden (rows 4)" in [finding.problem.en for finding in raw.findings]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_workbook_in_xml_2003_is_read(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(XML.encode(encoding))
    raw = read_file(tmp_path / "a.xls")
    assert raw.format == "xml"
    assert raw.table.to_dict("records") == [{"工单编号": "A1", "受理时间": "2025-03-01 09:00:00"}]
    assert raw.table.index.tolist() == [4]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Rar!\x1a\x07\x01\x00" + b"0" * 50, "RAR"),
        (b"7z\xbc\xaf\x27\x1c" + b"0" * 50, "7z"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "picture"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_file(tmp_path / "a.xls")


def test_a_word_document_and_a_locked_archive_are_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(InputError, match="Word"):
        read_file(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.csv", "id\n1\n")
    content = bytearray((tmp_path / "b.zip").read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "b.zip").write_bytes(bytes(content))
    with pytest.raises(InputError, match="password"):
        read_file(tmp_path / "b.zip")
