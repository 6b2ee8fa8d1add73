"""Download an area from OpenStreetMap through OSMnx, as an extract that the reader takes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.core.errors import InputError, writing
from geo.core.text import Text

if TYPE_CHECKING:
    import shapely

DEFAULT_OVERPASS: Final = "https://overpass-api.de/api"
_REACHED_WITHIN_S = 10


def download_place(
    place: str, tags: Mapping[str, Sequence[str]], overpass_url: str = DEFAULT_OVERPASS, folder: Path | None = None
) -> Path:
    """
    Download an area, as `download_area`, within the boundary of `place` at Nominatim.

    Raises
    ------
    InputError
        If there is no network, or no area has that name.
    """
    import osmnx  # noqa: PLC0415 (takes a second to load, and only downloads need it)

    with _network(place, osmnx.settings.nominatim_url):
        boundary: shapely.Geometry = osmnx.geocode_to_gdf(place).geometry.iloc[0]
    return download_area(boundary, tags, overpass_url, folder)


def download_area(
    area: shapely.Geometry,
    tags: Mapping[str, Sequence[str]],
    overpass_url: str = DEFAULT_OVERPASS,
    folder: Path | None = None,
) -> Path:
    """
    Download the streets and the tagged features of an area.

    OSMnx asks Overpass and keeps the raw answers (its documented `cache_only_mode`); they are written as an extract,
    so that downloads and files go the same way. The same area again is read from the cache.

    Parameters
    ----------
    area
        Polygon or MultiPolygon in degrees, WGS 84.
    tags
        Keys and values of the features besides streets (`{"building": ["*"]}`).
    overpass_url
        The Overpass server's address, up to and without `/interpreter`.
    folder
        Where answers and extract are kept; by default the user's cache folder.

    Returns
    -------
    extract
        An `.osm.pbf` file.

    Raises
    ------
    InputError
        If there is no network, or the server refuses or knows nothing of the area.
    """
    import osmnx  # noqa: PLC0415
    import platformdirs  # noqa: PLC0415

    asked = json.dumps(
        [area.normalize().wkt, {key: sorted(values) for key, values in sorted(tags.items())}, overpass_url]
    )
    home = folder or Path(platformdirs.user_cache_dir("jiexu")) / "osm"
    answers = home / hashlib.sha256(asked.encode()).hexdigest()[:16]
    extract = answers / "area.osm.pbf"
    if extract.is_file():
        return extract
    wanted: dict[str, bool | str | list[str]] = {
        key: True if "*" in values else list(values) for key, values in tags.items()
    }
    with _network(overpass_url, overpass_url), _osmnx_settings(answers, overpass_url):
        for ask in (
            lambda: osmnx.graph_from_polygon(area, custom_filter='["highway"]', retain_all=True, simplify=False),
            lambda: osmnx.features_from_polygon(area, wanted),
        ):
            try:
                ask()
            except InterruptedError:  # how OSMnx ends in its mode that only fills the cache
                continue
    with writing(extract):
        _write_extract(answers, extract)
    return extract


def tags_by_key(kinds: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the tags of a rule like `facilities.kinds` by key: `{"amenity": ["toilets"]}`."""
    tags: dict[str, list[str]] = {}
    for values in kinds.values():
        for tag in values:
            key, _, value = tag.partition("=")
            tags.setdefault(key, []).append(value)
    return tags


@contextmanager
def _osmnx_settings(cache: Path, overpass_url: str) -> Iterator[None]:
    import osmnx  # noqa: PLC0415

    wanted = {
        "cache_folder": str(cache),
        "use_cache": True,
        "cache_only_mode": True,
        "overpass_url": overpass_url.rstrip("/"),
        # a server of one's own has no queue to ask about
        "overpass_rate_limit": overpass_url.rstrip("/") == DEFAULT_OVERPASS,
    }
    before = {name: getattr(osmnx.settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


@contextmanager
def _network(asked: str, url: str) -> Iterator[None]:
    import requests  # noqa: PLC0415

    try:
        # OSMnx waits a minute and tries again where nobody answers: look first
        requests.head(url, timeout=_REACHED_WITHIN_S)
        yield
    except requests.exceptions.RequestException as error:
        raise InputError(
            url,
            Text("无法连接网络服务器", "The server cannot be reached"),
            Text(
                "请检查网络，用 --overpass 指定内网服务器，或用 --osm 读取本地文件",
                "Check the network, name another server with --overpass, or read a file with --osm",
            ),
        ) from error
    except (ValueError, TypeError) as error:  # OSMnx's own errors of empty and refused answers are ValueErrors
        raise InputError(
            url,
            Text(f"服务器没有“{asked}”的数据（{error}）", f"The server has nothing for “{asked}” ({error})"),
            Text("请检查地名或范围，稍后重试", "Check the name or the area, or try again later"),
        ) from error


def _write_extract(answers: Path, extract: Path) -> None:
    """Write Overpass's JSON elements as an extract, nodes before ways before relations, each once."""
    import osmium  # noqa: PLC0415

    elements: dict[tuple[int, int], dict[str, Any]] = {}
    rank = {"node": 0, "way": 1, "relation": 2}
    dated = ""
    for file in sorted(answers.glob("*.json")):
        answer = json.loads(file.read_text(encoding="utf-8"))
        dated = max(dated, answer.get("osm3s", {}).get("timestamp_osm_base", ""))
        for element in answer.get("elements", []):
            key = (rank[element["type"]], element["id"])
            # a node that one answer names with its tags may stand bare in another
            if key not in elements or len(element.get("tags", {})) > len(elements[key].get("tags", {})):
                elements[key] = element
    header = osmium.io.Header()
    if dated:
        header.set("osmosis_replication_timestamp", dated)
    aside = extract.with_name(f"part-{extract.name}")
    with osmium.SimpleWriter(str(aside), header=header, overwrite=True) as writer:
        for (kind, _), element in sorted(elements.items(), key=lambda item: item[0]):
            tags = element.get("tags", {})
            if kind == 0:
                writer.add_node(
                    osmium.osm.mutable.Node(id=element["id"], tags=tags, location=(element["lon"], element["lat"]))
                )
            elif kind == 1:
                writer.add_way(osmium.osm.mutable.Way(id=element["id"], tags=tags, nodes=element.get("nodes", [])))
            else:
                members = [(m["type"][0], m["ref"], m["role"]) for m in element.get("members", [])]
                writer.add_relation(osmium.osm.mutable.Relation(id=element["id"], tags=tags, members=members))
    aside.replace(extract)
