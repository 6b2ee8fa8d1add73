"""Downloads go through OSMnx to a server of one's choice, and end in the same reader as files."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import osmium
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.errors import InputError
from geo.rules import Profile
from geo.streets.download import download_area, tags_by_key
from geo.study.figures import info


class Overpass(BaseHTTPRequestHandler):
    """Answers every query with all of the sample extract, as Overpass would write it."""

    elements: ClassVar[list[dict[str, Any]]] = []
    queries: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.queries.append(query)
        answer = {"osm3s": {"timestamp_osm_base": "2026-01-02T03:04:05Z"}, "elements": self.elements}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def overpass(sample: Inputs) -> Iterator[str]:
    elements: list[dict[str, Any]] = []
    items: Iterable[Any] = osmium.FileProcessor(str(sample.osm))
    for item in items:
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_node():
            elements.append({"type": "node", "id": item.id, "lat": item.lat, "lon": item.lon, "tags": tags})
        elif item.is_way():
            elements.append({"type": "way", "id": item.id, "nodes": [n.ref for n in item.nodes], "tags": tags})
    Overpass.elements, Overpass.queries = elements, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Overpass)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api"
    server.shutdown()
    server.server_close()


def test_a_download_gives_the_study_that_the_file_gives(
    overpass: str, sample: Inputs, tmp_path: Path, profile: Profile
) -> None:
    tags = tags_by_key({**profile.group("facilities.kinds"), **profile.group("context.kinds")})
    area = shapely.box(24.93, 60.16, 24.96, 60.18)
    extract = download_area(area, tags, overpass, tmp_path / "cache")
    asked = len(Overpass.queries)
    assert asked >= 2
    assert download_area(area, tags, overpass, tmp_path / "cache") == extract
    assert len(Overpass.queries) == asked  # the second time from the cache

    for name, inputs in {"download": Inputs(extract, "bbox"), "file": Inputs(sample.osm)}.items():
        build_study(tmp_path / f"{name}.gpkg", inputs)
    downloaded, from_file = info(tmp_path / "download.gpkg"), info(tmp_path / "file.gpkg")
    assert downloaded["layers"]["roads"] == from_file["layers"]["roads"]
    assert downloaded["streets_km"] == from_file["streets_km"]
    assert downloaded["osm_date"] == "2026-01-02T03:04:05+00:00"
    assert downloaded["osm_source"] == "bbox"


def test_without_network_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--osm") as refused:
        download_area(shapely.box(0, 0, 1, 1), {"building": ["*"]}, "http://127.0.0.1:9/api", tmp_path)
    assert "网络" in refused.value.sentence("zh")
