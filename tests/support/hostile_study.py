"""A study in which every text that can come from outside is an attack."""

from __future__ import annotations

import csv
from pathlib import Path

from geo.build import Inputs, build_study
from geo.study.file import read_layer
from geo.study.selections import keep_selection
from geo.tiers.decisions import decide_tier
from tests.support.extracts import write_osm

PAYLOADS = (
    "<img src=x onerror=\"window.top.hacked='img'\">",
    "<script>window.top.hacked='script'</script>",
    "{{ cycler.__init__.__globals__.os.popen('touch {mark}').read() }}",
    "{% for x in [].__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${window.top.hacked='template'}`+(window.top.hacked='tick')+`",
    "![x](http://evil.example/a.png) [y](javascript:window.top.hacked='link')",
    "</script><script>window.top.hacked='close'</script>",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "'; DROP TABLE decisions; --",
    ":material/home: :red[red] $\\frac{1}{2}$ <b>b</b>",
)  # fmt: skip


def hostile_study(folder: Path, mark: Path) -> Path:
    """Build the study. A template that runs on the server would create the file `mark`."""
    texts = [payload.replace("{mark}", str(mark)) for payload in PAYLOADS]
    nodes, ways, tags = {}, [], {}
    for i, text in enumerate(texts):
        nodes[2 * i + 1], nodes[2 * i + 2] = (114.350, 36.100 + i * 0.0008), (114.356, 36.100 + i * 0.0008)
        ways.append((i + 1, [2 * i + 1, 2 * i + 2], {"highway": "primary", "name": text}))
        area = [100 + 4 * i + k for k in range(4)]
        corners = [(114.3510, 0.0002), (114.3520, 0.0002), (114.3520, 0.0005), (114.3510, 0.0005)]
        nodes.update({n: (lon, 36.100 + i * 0.0008 + up) for n, (lon, up) in zip(area, corners, strict=True)})
        ways.append((100 + i, [*area, area[0]], {"leisure": "park", "name": text}))
        home = [300 + 4 * i + k for k in range(4)]
        nodes.update({n: (lon + 0.002, 36.100 + i * 0.0008 + up) for n, (lon, up) in zip(home, corners, strict=True)})
        ways.append((300 + i, [*home, home[0]], {"building": "apartments", "name": text}))
        nodes[500 + i] = (114.3505, 36.1001 + i * 0.0008)
        tags[500 + i] = {"amenity": "toilets", "name": text, "opening_hours": text}
    osm = write_osm(folder / "hostile.osm", nodes, ways, tags)
    files = {
        "complaints": ("工单编号", "诉求类型", "诉求内容"),
        "stalls": ("摊位编号", "经营品种", "经营者编号"),
        "parking": ("停车场编号", "类型", "数据来源"),
        "other": ("编号", "类型", "名称"),
    }
    for kind, columns in files.items():
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([*columns, "经度", "纬度"])
            for i, text in enumerate(texts):
                rows.writerow([text, text, text, 114.352 + i * 0.0002, 36.1001 + i * 0.0008])
    with (folder / "tiers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["路名", "等级"], *([text, "示范路"] for text in (*texts, "<b>nowhere</b>")), [texts[0], texts[1]]]
        )
    study = folder / "hostile.gpkg"
    points = {kind: folder / f"{kind}.csv" for kind in files}
    build_study(study, Inputs(osm, osm_source=texts[0], tiers=folder / "tiers.csv", points=points))  # type: ignore[arg-type]
    streets = read_layer(study, "streets")["street_id"].tolist()
    for street, text in zip(streets, texts, strict=True):
        decide_tier(study, street, "secondary", text, text)
        keep_selection(study, text, [street], text)
    return study
