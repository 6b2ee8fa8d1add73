"""Bays on all kerbs of a city, as polygons, and the choice of the bays that relieve the most."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.stalls import MAKE, READ, SHARES

_PLACE = """
from geo.parking.room import BayRoom
from geo.parking.bays import place_bays
room = BayRoom(KerbGround.of(layers, crs, profile), profile)
bays = place_bays(room)
Path({count!r}).write_text(str(len(bays)))
"""
_TRY = """
import time
from geo.kerbs.waterfall import waterfall
start = time.perf_counter()
tried = BayRoom(room.ground, profile.changed(dict([("clearance.crossing", 10.0)])))
total = int(tried.zones.pitches.sum())
print(f"note: another clearance tried on a ground that is known: {time.perf_counter() - start:.2f} s")
start = time.perf_counter()
waterfall(tried, 0)
print(f"note: its waterfall: {time.perf_counter() - start:.2f} s")
"""
_HOUSES = """
import geopandas as gpd
import numpy as np
import shapely
from pathlib import Path
from geo.study.schema import conform_geo
from geo.study.file import about, read_layer
from geo.study.writing import change_layers
from geo.study.reader import Study
study = Path({study!r})
roads = gpd.GeoDataFrame(read_layer(study, "roads"), crs=4326).to_crs(Study(study).crs)
rng = np.random.default_rng(721)
at = shapely.line_interpolate_point(roads.geometry.to_numpy(), rng.random(len(roads)), normalized=True)
squares = shapely.buffer(at, rng.uniform(4, 12, len(roads)), cap_style="square")
table = dict(kind="building", use="apartments", levels=rng.integers(2, 7, len(roads)))
houses = gpd.GeoDataFrame(table, geometry=squares, crs=roads.crs).to_crs(4326)
change_layers(study, dict(context=conform_geo(houses, "context")), about(study))
"""
_NEED = """
import time
from pathlib import Path
from geo.parking.study import BayStudy, Need
from geo.parking.bays import place_bays
from geo.rules import load_profile
from geo.network.on_foot import network_of
study = BayStudy(Path({study!r}), load_profile())
bays = study.described(place_bays(study.room("all_day")))
start = time.perf_counter()
need = Need(study, network_of(Study(Path({study!r}))))
seconds = time.perf_counter() - start
cars, spaces = need.cars["day"].sum(), need.spaces["day"].sum()
print(f"note: need: {{cars:,.0f}} cars, {{spaces:,.0f}} spaces, {{len(need.reach.place):,}} pairs within a walk: "
      f"{{seconds:.1f}} s")
"""
_CHOOSE = """
_, found = need.choice(bays, {budget}, "day")
print(f"note: {{found.bays.sum():,}} of {{len(bays):,}} bays: {{found.after - found.before:,}} more cars, proven gap "
      f"{{found.bound - found.after}}; greedy {{found.greedy - found.before:,}}")
"""


def main(extract: Path) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        study, counted = str(Path(folder) / "study.gpkg"), Path(folder) / "count"
        measure(MAKE.format(study=study, extract=str(extract)), "", runs=1)
        print(f"\n# {extract.name}: kerbs, exclusions, and bays placed as polygons")
        per_bay = []
        for share in SHARES:
            read = READ.format(study=study, share=share)
            ours = measure(read, _PLACE.format(count=str(counted)), runs=3 if share == 1 else 1)
            count = int(counted.read_text())
            per_bay.append(ours.seconds / count * 1e6)
            print(
                f"{share:>6.1%} of the area  {count:>9,} bays  {ours}   {count / ours.seconds * 60:,.0f} bays a minute"
            )
        print("microseconds a bay, from the smallest: " + ", ".join(f"{each:.0f}" for each in per_bay))
        measure(READ.format(study=study, share=1.0) + _PLACE.format(count=str(counted)), _TRY, runs=1)
        measure(_HOUSES.format(study=study), "", runs=1)
        print(f"\n# {extract.name}: the bays that relieve the most, with a made-up house at every segment")
        for budget in (500, 5000, 20000):
            found = measure(_NEED.format(study=study), _CHOOSE.format(budget=budget), runs=1)
            print(f"budget {budget:>6,}: chosen in {found}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
