"""XML is read as its root says: maps, or records as Open311 sends them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.files.formats import read_file

OPEN311 = """<?xml version="1.0" encoding="{encoding}"?>
<service_requests>
 <request><service_request_id>1</service_request_id><service_name>占道经营</service_name><lat>60.169</lat>
  <long>24.9435</long><requested_datetime>2026-04-14T06:37:38+03:00</requested_datetime><media_url/></request>
 <request><service_request_id>2</service_request_id><lat>60.1691</lat><long>24.9436</long></request>
</service_requests>"""


def written(folder: Path, content: str, name: str = "a.xml", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(content.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "gb2312", "UTF-16"])
def test_service_requests_of_open311_are_rows(encoding: str, tmp_path: Path) -> None:
    raw = read_file(written(tmp_path, OPEN311.format(encoding=encoding), encoding=encoding))
    assert (raw.format, raw.shapes) == ("xml", None)
    assert raw.table["service_request_id"].tolist() == ["1", "2"]
    assert raw.table["service_name"].tolist() == ["占道经营", None]
    assert raw.table["long"].tolist() == ["24.9435", "24.9436"]


def test_records_in_records_and_attributes_are_columns(tmp_path: Path) -> None:
    rows = "".join(f'<row id="{n}"><name>甲{n}</name><at><lat>1</lat><lon>2</lon></at><x>1</x></row>' for n in range(3))
    raw = read_file(written(tmp_path, f"<?xml version='1.0'?><response><row>{rows}</row></response>"))
    assert raw.table.columns.tolist() == ["id", "name", "lat", "lon", "x"]
    assert len(raw.table) == 3


def test_placemarks_of_several_geometries_tracks_and_folders(tmp_path: Path) -> None:
    ring = "<LinearRing><coordinates>1,1,5 2,1,5\n2,2,5  1,1,5</coordinates></LinearRing>"
    marks = (
        f"<Folder><name>片区</name><Placemark><MultiGeometry><Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
        f"<Point><coordinates>1, 1, 0</coordinates></Point></MultiGeometry></Placemark></Folder>"
        "<Folder><name>巡查</name><Placemark><gx:Track><when>2025-01-01</when><gx:coord>1 2 0</gx:coord>"
        "<gx:coord>3 4 0</gx:coord></gx:Track></Placemark></Folder>"
    )
    head = (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
    )
    raw = read_file(written(tmp_path, f"{head}<Document>{marks}</Document></kml>", "a.kml"), wanted="all")
    assert raw.table["folder"].tolist() == ["片区", "巡查"]
    assert raw.shapes is not None
    assert [shape.geom_type for shape in raw.shapes] == ["Polygon", "LineString"]
    assert [(finding.row, finding.action.en) for finding in raw.findings] == [(2, "Only its areas were taken")]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ('<?xml version="1.0"?><osm version="0.6"><node id="1"/></osm>', "jiexu build"),
        ('<?xml version="1.0"?><a><b>1</b></a>', "no XML"),
        ("<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "no XML"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "damaged"),
        ('<?xml version="1.0"?><kml><Document>', "damaged"),
        (
            '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><gml:FeatureCollection '
            'xmlns:gml="http://www.opengis.net/gml">&x;</gml:FeatureCollection>',
            "damaged",
        ),
    ],
)
def test_other_xml_is_refused_in_words(content: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=word):
        read_file(written(tmp_path, content))


@pytest.mark.slow
def test_mutated_xml_is_read_or_refused(tmp_path: Path) -> None:
    good = OPEN311.format(encoding="UTF-8")
    chance = random.Random(12345)  # noqa: S311 (mutations, the same each time)
    for _ in range(200):
        text = list(good)
        for _ in range(chance.randint(1, 6)):
            text[chance.randrange(len(text))] = chance.choice('<>/&;"=a0\x00 !')
        try:
            read_file(written(tmp_path, "".join(text)))
        except InputError as error:
            assert error.sentence("en")
