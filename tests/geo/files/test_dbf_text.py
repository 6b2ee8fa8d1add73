"""Texts of Shapefiles are read in the encoding that their bytes show; a statement that contradicts them is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geo.files.dbf_text import stated_encoding
from geo.files.formats import read_file
from geo.files.raw_file import RawFile
from tests.support.shapefiles import LAT, LON, packed, write_shapefile

FIELDS = [("编号", 10), ("类型", 20), ("内容", 60)]
ROWS = [
    ["1", "占道经营", "菜市场门口有人摆摊"],
    ["2", "店外经营", "水果店把货架摆到人行道"],
    ["3", "违法停车", "B6楼下"],
]


def told(raw: RawFile) -> list[str]:
    return [f"{finding.column}: {finding.problem.en}; {finding.action.en}" for finding in raw.findings]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize(
    ("cpg", "language"),
    [(None, 0), (None, 0x4D), (None, 0x57), (b"UTF-8", 0x57), (b"GBK", 0), (b"ISO-8859-1", 0x57), (b"nonsense", 0)],
)
def test_texts_are_right_whatever_is_stated(encoding: str, cpg: bytes | None, language: int, tmp_path: Path) -> None:
    file = write_shapefile(tmp_path / "a.shp", FIELDS, ROWS, encoding, cpg, language)
    raw = read_file(packed(file) if language else file)
    assert raw.encoding == {"gbk": "gb18030"}.get(encoding, encoding)
    assert raw.table.to_numpy().tolist() == ROWS
    assert raw.table.columns.tolist() == [name for name, _ in FIELDS]
    stated = {b"UTF-8": "utf-8", b"GBK": "gbk", b"ISO-8859-1": "latin"}.get(cpg or b"")
    stated = stated or {0x4D: "gbk"}.get(language)
    said = told(raw)
    assert len(said) == (stated != encoding)
    if stated is None:
        assert "states its encoding" in said[0] or "names no known encoding" in said[0]
    elif stated != encoding:
        assert "It states" in said[0]
        assert "as 7 of 7 texts" in said[0] or "texts with other than English letters are" in said[0]


@pytest.mark.parametrize(
    "cpg",
    [b"936", b"GB2312", b"CP936", b"ANSI 936", b"gb_2312", b"\xef\xbb\xbfGBK", b"gbk\r\n", b"OEM 936", b"windows-936"],
)
def test_every_way_to_state_the_chinese_code_page_is_known(cpg: bytes, tmp_path: Path) -> None:
    raw = read_file(write_shapefile(tmp_path / "a.shp", FIELDS, ROWS, "gbk", cpg))
    assert (raw.encoding, told(raw)) == ("gb18030", [])
    assert stated_encoding(cpg, 0)[0] == "gb18030"


@pytest.mark.parametrize("cpg", [b"65001", b"utf8", b"UTF_8\n", "\ufeffUTF-8".encode("utf-16-le"), b"CP65001"])
def test_every_way_to_state_utf_8_is_known(cpg: bytes) -> None:
    assert stated_encoding(cpg, 0x4D)[0] == "utf-8"


@pytest.mark.parametrize(("encoding", "width", "kept"), [("gbk", 13, "中关村大街甲"), ("utf-8", 14, "中关村大")])
@pytest.mark.parametrize("cpg", [None, b"UTF-8", b"936"])
def test_a_text_cut_within_a_character_keeps_the_rest_and_is_named(
    encoding: str, width: int, kept: str, cpg: bytes | None, tmp_path: Path
) -> None:
    rows = [["中关村大街甲乙路口", "占道经营"], ["东路", "店外经营"]]
    raw = read_file(write_shapefile(tmp_path / "a.shp", [("地址", width), ("类型", 20)], rows, encoding, cpg))
    assert raw.table["地址"].tolist() == [kept, "东路"]
    assert "“地址”: 1 texts were cut at the field's width, within a character (rows 2)" in " ".join(told(raw))


def test_a_name_of_a_field_that_ten_bytes_cut_is_made_whole(tmp_path: Path) -> None:
    fields = [("工单编号", 10), ("受理时间", 20), ("投诉内容", 60), ("某某某某", 8)]
    raw = read_file(write_shapefile(tmp_path / "a.shp", fields, [["1", "2025-03-01", "摆摊", "x"]], "utf-8", b"UTF-8"))
    assert raw.table.columns.tolist() == ["工单编号", "受理时间", "投诉内容", "某某某"]
    assert sum("was cut at ten bytes" in line for line in told(raw)) == 3


def test_rows_in_another_encoding_than_the_others_are_read_in_their_own(tmp_path: Path) -> None:
    """Two offices' tables were joined byte by byte."""
    file = write_shapefile(tmp_path / "a.shp", FIELDS, [*ROWS] * 5, "gbk", b"GBK")
    data = file.with_suffix(".dbf").read_bytes()
    other = "占道".encode() + b"  "
    file.with_suffix(".dbf").write_bytes(data.replace("占道经营".encode("gbk"), other, 1))
    raw = read_file(file)
    assert raw.table["类型"].tolist()[:2] == ["占道", "店外经营"]
    assert any("1 texts are in another encoding" in line and "(rows 2)" in line for line in told(raw))


def test_bytes_that_are_no_characters_lose_one_text_and_no_row(tmp_path: Path) -> None:
    file = write_shapefile(tmp_path / "a.shp", FIELDS, [*ROWS] * 5, "gbk", b"GBK")
    data = file.with_suffix(".dbf").read_bytes()
    file.with_suffix(".dbf").write_bytes(data.replace("占道经营".encode("gbk"), b"\xff\xff\xfe A\xff  ", 1))
    raw = read_file(file)
    assert len(raw.table) == 15
    assert any("bytes that are no characters" in line and "(rows 2)" in line for line in told(raw))


def test_finnish_and_traditional_texts_are_no_mainland_chinese(tmp_path: Path) -> None:
    finnish = [["1", "Mäkelänkatu", "Töölö"], ["2", "Väinämöisenkatu", "Hämeentie"]]
    fields = [("no", 10), ("street", 20), ("area", 60)]
    for cpg, language in ((b"ISO-8859-1", 0), (b"1252", 0), (None, 0x03), (None, 0x57)):
        raw = read_file(write_shapefile(tmp_path / "f.shp", fields, finnish, "latin-1", cpg, language))
        assert raw.table.to_numpy().tolist() == finnish
        (tmp_path / "f.cpg").unlink(missing_ok=True)
    assert read_file(write_shapefile(tmp_path / "u.shp", fields, finnish, "utf-8")).table.to_numpy().tolist() == finnish
    taipei = [["1", "臺北市忠孝東路", "攤販佔用道路"], ["2", "營業", "號誌"]]
    for cpg in (b"950", b"Big5", b"UTF-8", b"GBK", None):
        raw = read_file(write_shapefile(tmp_path / "t.shp", fields, taipei, "big5", cpg))
        assert (raw.encoding, raw.table.to_numpy().tolist()) == ("big5", taipei)
        (tmp_path / "t.cpg").unlink(missing_ok=True)


def test_an_encoding_that_a_user_says_holds(tmp_path: Path) -> None:
    raw = read_file(write_shapefile(tmp_path / "a.shp", FIELDS, ROWS, "gbk", b"UTF-8"), "gb18030")
    assert (raw.encoding, told(raw)) == ("gb18030", [])


@pytest.mark.parametrize("kind", ["points", "lines", "areas"])
def test_lines_and_areas_have_texts_as_points_have(kind: str, tmp_path: Path) -> None:
    shapes = {
        "points": [shapely.Point(LON, LAT)],
        "lines": [shapely.LineString([(LON, LAT), (LON + 0.001, LAT)])],
        "areas": [shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)],
    }[kind]
    file = write_shapefile(tmp_path / "a.shp", [("名称", 9)], [["展览路街道"]], "utf-8", b"GBK", shapes=shapes)
    raw = read_file(file, wanted=kind)  # type: ignore[arg-type]
    assert raw.table["名称"].tolist() == ["展览路"]
    assert raw.shapes is not None
    assert raw.shapes[0].normalize() == shapes[0].normalize()
