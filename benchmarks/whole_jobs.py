"""Every verb from file to file on a city: CPU seconds with children, peak memory, the largest steps; and peers."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.verb_runs import run_code, run_verb

HOME: Final = str(Path(__file__).resolve().parent.parent)
COMPLAINTS, STALLS, FEW = 100_000, 5_000, 10
PEER_RUNS: Final = 3
"""How often the reading of the extract is measured, ours and the peers' in turn."""

POINTS: Final = """
import numpy as np, pandas as pd, shapely
from pathlib import Path
from geo.study.file import read_layer
study, folder = map(Path, ({study!r}, {folder!r}))
roads = read_layer(study, "roads")
rng = np.random.default_rng(721)
chance = (roads["length_m"] / roads["length_m"].sum()).to_numpy()

def places(count):
    rows = rng.choice(len(roads), count, p=chance)
    on = shapely.line_interpolate_point(roads.geometry.to_numpy()[rows], rng.random(count), normalized=True)
    lonlat = shapely.get_coordinates(on) + rng.normal(0, 1e-4, (count, 2))
    return dict(经度=lonlat[:, 0].round(6), 纬度=lonlat[:, 1].round(6))

def complaints(count, first):
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.uniform(0, 5e7, count)), unit="s")
    words = np.where(rng.random(count) < 0.1, "占道经营，电话13812345678请回电", "占道经营影响通行")
    return pd.DataFrame(dict(
        工单编号=[f"T{{first + i}}" for i in range(count)],
        诉求类型=rng.choice(["店外经营", "流动摊贩", "机动车违停"], count),
        受理时间=at.strftime("%Y-%m-%d %H:%M:%S"), 办结时间=(at + pd.Timedelta(hours=30)).strftime("%Y-%m-%d %H:%M:%S"),
        诉求内容=words, **places(count)))

complaints({complaints}, 0).to_csv(folder / "complaints.csv", index=False)
complaints({few}, 10**6).to_csv(folder / "few.csv", index=False)
pd.DataFrame(dict(
    摊位编号=[f"S{{i}}" for i in range({stalls})], 经营者编号=[f"J{{i}}" for i in range({stalls})],
    经营品种=rng.choice(["早点", "水果"], {stalls}), 面积=rng.choice([2.0, 3.0], {stalls}),
    违规次数=rng.poisson(0.8, {stalls}), **places({stalls}))).to_csv(folder / "stalls.csv", index=False)
"""
_OURS: Final = """
from pathlib import Path
import pandas as pd
from geo.rules import load_profile
from geo.streets.extract import read_ways
from geo.streets.roads import make_roads
from geo.study.schema import conform
from geo.tiers.grading import grade
profile, path = load_profile(), Path({extract!r})
roads, crs = make_roads(read_ways(path, profile["roads.kept_highways"]), profile, path)
grade(roads, None, conform(pd.DataFrame(), "decisions"), profile, crs)
"""
_PYROSM: Final = 'from pyrosm import OSM\nOSM.clear_cache()\nOSM({extract!r}, progress=False).get_network("all")'
_OSMNX: Final = "import osmnx\nosmnx.graph_to_gdfs(osmnx.graph_from_xml({xml!r}, retain_all=True))"
_XML: Final = """
import osmium
with osmium.SimpleWriter({xml!r}) as writer:
    for item in osmium.FileProcessor({extract!r}):
        writer.add(item)
"""


def jobs(folder: Path) -> list[tuple[str, ...]]:
    """Return the verbs with their arguments, in order; the files of points are in the folder."""
    study = str(folder / "study.gpkg")
    return [
        ("add", study, str(folder / "complaints.csv")),
        ("add", study, str(folder / "stalls.csv")),
        ("add", study, str(folder / "few.csv")),
        ("grade", study, "--json"),
        ("stalls", study, "--json"),
        ("guide", study, "--json"),
        ("bays", study, "--night", "--budget", "500", "--json"),
        ("hotspots", study, "--json"),
        ("response", study, "--json"),
        ("patrols", study, "--people", "50", "--json"),
        ("coverage", study, "--kind", "market", "--json"),
        ("coverage", study, "--kind", "toilet", "--json"),
        ("site", study, "--kind", "market", "--count", "3", "--json"),
        ("info", study, "--json"),
        ("decisions", study, "--json"),
        ("imports", study, "--json"),
        ("rules", "china", "--json"),
        ("verify", study, "--json"),
        ("privacy", study, "--json"),
        ("export", study, "--layer", "stall_zones", "--to", str(folder / "zones.geojson")),
    ]


def peers(extract: Path, folder: Path) -> None:
    """Print an extract to graded roads beside the reading of OSMnx and pyrosm: in turn, as often each."""
    xml = str(folder / "extract.osm")
    run_code(_XML.format(extract=str(extract), xml=xml))
    codes = {
        "Jiexu, graded roads": _OURS.format(extract=str(extract)),
        "pyrosm get_network": _PYROSM.format(extract=str(extract)),
        "OSMnx graph and tables": _OSMNX.format(xml=xml),
    }
    spent: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(PEER_RUNS):
        for name, code in codes.items():
            spent[name].append(run_code(code).cpu_s)
    ours, *others = (sorted(each)[PEER_RUNS // 2] for each in spent.values())
    print(f"{next(iter(codes)):<24} {ours:8.2f} CPU s")
    for name, theirs in zip(list(codes)[1:], others, strict=True):
        print(f"{name:<24} {theirs:8.2f} CPU s   {theirs / ours:.2f} times ours")


def main(extract: Path, *only: str) -> None:
    """
    Print the tables.

    Parameters
    ----------
    extract
        The city.
    only
        Verbs to measure, `build` and `add` always among them; `peers` for the peers. By default all.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = str(folder / "study.gpkg")
        print(f"# {extract.name}: {COMPLAINTS:,} complaints, {STALLS:,} stalls; from file to file", flush=True)
        built = run_verb("build", study, "--osm", str(extract), home=HOME)
        print(f"{'build':<34} {built}   {built.largest()}", flush=True)
        run_code(POINTS.format(study=study, folder=name, complaints=COMPLAINTS, stalls=STALLS, few=FEW))
        for arguments in jobs(folder):
            if only and arguments[0] not in ("add", *only):
                continue
            title = " ".join(Path(each).name if name in each else each for each in arguments if each != study)
            try:
                run = run_verb(*arguments, home=HOME)
            except RuntimeError as error:
                print(f"{title[:34]:<34} {error}", flush=True)
                continue
            print(f"{title[:34]:<34} {run}   {run.largest()}", flush=True)
        if not only or "peers" in only:
            print(f"\n# {extract.name}: the extract to graded roads, {PEER_RUNS} runs each in turn")
            peers(extract, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
