"""Write small extracts for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Nodes = Mapping[int, tuple[float, float]]
Ways = Sequence[tuple[int, Sequence[int], Mapping[str, str]]]


def write_osm(path: Path, nodes: Nodes, ways: Ways, node_tags: Mapping[int, Mapping[str, str]] | None = None) -> Path:
    """Write an `.osm` file: nodes by id as (lon, lat), ways as (id, node ids, tags)."""
    node_tags = node_tags or {}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for number, (lon, lat) in sorted(nodes.items()):
        lines.append(f'<node id="{number}" lat="{lat:.7f}" lon="{lon:.7f}">{_tags(node_tags.get(number, {}))}</node>')
    for number, refs, tags in sorted(ways, key=lambda way: way[0]):
        references = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{number}">{references}{_tags(tags)}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def grid(size: int, step: float = 0.001, origin: tuple[float, float] = (114.35, 36.10)) -> Nodes:
    """Return nodes on a square grid (about 100 m apart near Anyang), numbered row by row from 1."""
    return {
        row * size + column + 1: (origin[0] + column * step, origin[1] + row * step)
        for row in range(size)
        for column in range(size)
    }
