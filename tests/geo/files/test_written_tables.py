"""Web pages and XML 2003 that call themselves workbooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.files.written_tables import read_html, read_xml, written_table

PAGE = "<html><table><tr><th>编号</th><th>类别</th></tr><tr><td>A1</td><td>占道</td></tr></table></html>"
XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="三月"><Table>'
    '<Row><Cell><Data ss:Type="String">编号</Data></Cell><Cell><Data ss:Type="String">类别</Data></Cell></Row>'
    '<Row><Cell><Data ss:Type="String">A1</Data></Cell><Cell><Data ss:Type="String">占道</Data></Cell></Row>'
    "</Table></Worksheet></Workbook>"
)


@pytest.mark.parametrize(("text", "reader"), [(PAGE, read_html), (XML, read_xml)])
def test_what_calls_itself_a_workbook_is_read(text: str, reader: object, tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text(text, encoding="utf-8")
    chosen = written_table(text.encode()[:4096])
    assert chosen is reader
    assert chosen is not None
    assert chosen(tmp_path / "a.xls", None).table.to_numpy().tolist() == [["A1", "占道"]]


def test_other_text_has_no_such_reader() -> None:
    assert written_table(b"id,name\n1,a") is None
    assert written_table(b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">') is None
