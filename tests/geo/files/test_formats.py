"""A file is read as its content says, whatever its name; one that is none of the formats is refused in words."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.files.formats import read_file
from tests.support.broken_geometry import SQUARE, feature, write_geojson


def test_the_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    assert read_file(write_geojson(tmp_path, [feature(SQUARE)], "a.csv")).format == "geojson"
    (tmp_path / "b.geojson").write_text("id,lon,lat\n1,2,3\n", encoding="utf-8")
    assert read_file(tmp_path / "b.geojson").format == "csv"


def test_areas_give_a_point_each_and_say_so_unless_areas_are_wanted(tmp_path: Path) -> None:
    file = write_geojson(tmp_path, [feature(SQUARE)])
    assert [finding.problem.en for finding in read_file(file).findings] == ["1 rows are lines or areas"]
    assert read_file(file, prefer_areas=True).findings == []


def test_the_first_of_several_files_in_an_archive_is_read_under_the_archives_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("一.csv", "id,lon,lat\n1,2,3\n")
        archive.writestr("二.csv", "id,lon,lat\n9,9,9\n")
    raw = read_file(tmp_path / "a.zip")
    assert (raw.name, raw.format, raw.table["id"].tolist()) == ("a.zip", "csv", ["1"])
    assert [finding.problem.en for finding in raw.findings] == ["The archive has 2 files of that kind"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, "No such file"),
        ("broken.json", b"{broken", "damaged"),
        ("broken.gpkg", b"SQLite format 3\x00" + b"0" * 200, "damaged"),
        ("empty.csv", b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(name: str, content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_file(tmp_path / name)


def test_an_unknown_encoding_is_answered_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="gb18030"):
        read_file(tmp_path / "a.csv", "latin-9")
