"""An avenue with cross-streets, and streets graded by a list."""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.rules import Profile
from geo.streets.extract import Ways
from geo.streets.roads import make_roads
from geo.study.schema import conform
from geo.tiers.grading import Grades, grade
from geo.tiers.official_list import read_tier_list
from tests.support.ways import make_ways

NO_DECISIONS = conform(pd.DataFrame(), "decisions")
CROSSINGS = ("甲路", "乙路", "丙路", "丁路")


def avenue(name: str = "文峰大道", dual: bool = True) -> Ways:
    """Return an avenue of two carriageways with four cross-streets, 400 m apart; a closed median at 乙路."""
    lines: list[list[tuple[int, int]]] = []
    tags: list[dict[str, str]] = []
    stops = [0, 10, 20, 30, 40, 50]
    for y, ends in ((0, stops), (1, stops[::-1])) if dual else ((0, stops),):
        points = [(x, y) for x in ends]
        lines += [[left, right] for left, right in itertools.pairwise(points)]
        tags += [{"highway": "primary", "name": name, "oneway": "yes" if dual else "no"}] * 5
    for number, crossing in enumerate(CROSSINGS):
        x = 10 * (number + 1)
        top = 1 if dual and crossing != "乙路" else 0
        lines.append([(x, -8), (x, 0), *([(x, 1), (x, 8)] if top else [])])
        tags.append({"highway": "tertiary", "name": crossing})
    return make_ways(lines, tags, step=0.00045)


def graded(ways: Ways, profile: Profile, rows: str, tmp_path: Path) -> Grades:
    file = tmp_path / "名单.csv"
    file.write_text(rows, encoding="utf-8")
    roads, crs = make_roads(ways, profile, file)
    return grade(roads, read_tier_list(file), NO_DECISIONS, profile, crs)


def graded_rows(
    tags: list[dict[str, str]], profile: Profile, rows: str, tmp_path: Path
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Grade parallel streets a kilometre apart with a list of these rows."""
    file = tmp_path / "名单.csv"
    file.write_text("路名,等级\n" + rows, encoding="utf-8")
    roads, crs = make_roads(make_ways([[(i * 10, 0), (i * 10, 1)] for i in range(len(tags))], tags), profile, file)
    found = grade(roads, read_tier_list(file), NO_DECISIONS, profile, crs)
    return found.streets.set_index("name"), found.findings
