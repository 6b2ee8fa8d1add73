"""An archive is unpacked only where its members stay within it and do not explode."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.files.archives import checked_members
from geo.files.formats import read_file
from tests.support.map_formats import AREAS, NAMES, POINTS, rows, written


def packed(folder: Path, name: str, content: bytes = b"1") -> Path:
    file = folder / "a.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file


def test_members_of_a_plain_archive_are_listed(tmp_path: Path) -> None:
    assert [member.filename for member in checked_members(packed(tmp_path, "夹/a.csv"))] == ["夹/a.csv"]


@pytest.mark.parametrize("name", ["../a.csv", "a/../../b.csv", "/etc/a", "C:/a.csv"])
def test_a_path_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leads out"):
        checked_members(packed(tmp_path, name))


def test_an_archive_that_explodes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too large"):
        checked_members(packed(tmp_path, "a.csv", b"0" * 20_000_000))


def test_a_password_is_named(tmp_path: Path) -> None:
    file = packed(tmp_path, "a.csv", b"id,lon,lat\n1,2,3\n")
    content = bytearray(file.read_bytes())
    content[6] |= 1
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    file.write_bytes(content)
    with pytest.raises(InputError, match="password"):
        read_file(file)


def test_map_files_of_one_kind_are_layers_of_the_archive(tmp_path: Path) -> None:
    for name, shapes in (("甲", POINTS), ("乙", POINTS), ("片区", AREAS)):
        (tmp_path / name).mkdir()
        written(tmp_path / name, ".shp", rows(shapes))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("甲", "乙", "片区"):
            for part in (tmp_path / name).iterdir():
                archive.write(part, f"{name}{part.suffix}")
        archive.writestr("说明.txt", "read me")
        archive.writestr("名单.csv", "id\n1\n")
    raw = read_file(tmp_path / "all.zip")
    assert raw.table["text"].tolist() == NAMES * 2
    assert raw.table["layer"].tolist() == ["甲", "甲", "乙", "乙"]
    assert {(part.name, part.read) for part in raw.parts} == {("甲", True), ("乙", True), ("片区", False)}
    assert raw.findings[-1].problem.en == "The archive also has: 名单"
    assert len(read_file(tmp_path / "all.zip", prefer_areas=True).table) == 2
    assert len(read_file(tmp_path / "all.zip", sheets=("乙",)).table) == 2


def test_names_in_the_code_page_of_windows_are_read(tmp_path: Path) -> None:
    file = written(tmp_path, ".shp", rows(POINTS))
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for part in file.parent.glob("rows.*"):
            archive.writestr(f"DDDD/SSSS{part.suffix}", part.read_bytes())
    content = (tmp_path / "old.zip").read_bytes()
    content = content.replace(b"DDDD", "数据".encode("gbk")).replace(b"SSSS", "摊位".encode("gbk"))
    (tmp_path / "old.zip").write_bytes(content)
    raw = read_file(tmp_path / "old.zip")
    assert raw.table["text"].tolist() == NAMES


def test_a_telephone_number_in_a_name_is_masked(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    rows(POINTS).to_file(file, layer="联系13812345678")
    rows(AREAS).to_file(file, layer="片区")
    raw = read_file(file)
    assert "13812345678" not in str(raw.findings) + str(raw.parts)
    (masked,) = [part.name for part in raw.parts if part.read]
    assert len(read_file(file, sheets=(masked,)).table) == 2
    assert len(read_file(file, sheets=("联系13812345678",)).table) == 2
