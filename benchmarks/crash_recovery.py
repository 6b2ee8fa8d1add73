"""
Kill a build, an import, a plan and a decision at random moments: studies unreadable, confirmed work lost, leftovers.

`python -m benchmarks.crash_recovery [--kills N] [--kinds build,add,stalls,decision] [--seed S]`. Each run is forked
from a process with everything loaded, and killed between its first and its last write to the study's folder. That
process itself only looks at files: libraries with threads of their own cannot be forked once they have worked.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from geo.build import Inputs, build_study
from geo.points.imports import add_points
from geo.points.options import Options
from geo.rules.loader import load_profile
from geo.stalls.study import plan_stalls
from geo.study.figures import info
from geo.study.file import about, read_layer
from geo.study.versions import version_key
from geo.tiers.decisions import decide_tier

KILLS: Final = 1000
_MOST_S: Final = 120.0
_LOOK_S: Final = 0.0005


@dataclass
class Counts:
    """Results of the kills of one kind of work."""

    kind: str
    kills: int = 0
    unreadable: int = 0
    lost: int = 0
    left: int = 0
    """Files beside the study after the next run of a writer."""

    def __str__(self) -> str:
        return f"{self.kind:<10}{self.kills:>7,}{self.unreadable:>12,}{self.lost:>6,}{self.left:>11,}"


HEADER: Final = f"{'kind':<10}{'kills':>7}{'unreadable':>12}{'lost':>6}{'leftovers':>11}"


def write_town(osm: Path, complaints: Path) -> None:
    """Write the map of a town of ten streets by ten, and complaints on them."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    grid = [(row, column) for row in range(10) for column in range(10)]
    for row, column in grid:
        place = f'lat="{36 + row / 500}" lon="{114.3 + column / 400}"'
        lines.append(f'<node id="{row * 10 + column + 1}" {place}/>')
    for number in range(20):
        nodes = [number * 10 + step if number < 10 else step * 10 + number - 10 for step in range(10)]
        tags = {"highway": "residential" if number % 3 else "secondary", "name": f"第{number + 1}街", "width": "9"}
        inside = [f'<nd ref="{node + 1}"/>' for node in nodes]
        inside += [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append(f'<way id="{number + 1}">{"".join(inside)}</way>')
    osm.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    rows = [f"T{row}{column},占道经营,{114.3 + column / 400},{36 + row / 500}" for row, column in grid]
    complaints.write_text("\n".join(["编号,类型,经度,纬度", *rows]), encoding="utf-8")


class Work:
    """A study in a folder of its own, and the kinds of work on it."""

    def __init__(self, folder: Path) -> None:
        self.study, self.before, self.sample = (
            folder / "study" / "study.gpkg",
            folder / "before.gpkg",
            folder / "sample",
        )
        self.study.parent.mkdir()
        self.osm, self.complaints = folder / "town.osm", folder / "complaints.csv"

    def make(self) -> None:
        """Build a small study with a plan for stalls, to begin each run with: the kills fall into the writing."""
        write_town(self.osm, self.complaints)
        build_study(self.before, Inputs(self.osm))
        plan_stalls(self.before)

    def begin(self) -> str:
        """Put the study back as it was, and return the number of a decision on it."""
        shutil.copy(self.before, self.study)
        return decide_tier(self.study, self._street(0), "secondary", "confirmed before")

    def _street(self, number: int) -> str:
        return str(read_layer(self.study, "streets")["street_id"].iloc[number])

    def build(self) -> None:
        build_study(self.study, Inputs(self.osm))

    def add(self) -> None:
        add_points(self.study, self.complaints, "complaints", load_profile(), Options(crs="WGS84"))

    def stalls(self) -> None:
        plan_stalls(self.study)

    def decision(self) -> None:
        decide_tier(self.study, self._street(1), "secondary", "killed perhaps")

    def is_sound(self) -> bool:
        """Tell whether the study opens, its pages are right, and its layers can be read."""
        try:
            info(self.study)
            with closing(sqlite3.connect(self.study)) as connection:
                return bool(connection.execute("PRAGMA quick_check").fetchone()[0] == "ok")
        except Exception:
            return False

    def has_lost(self, kind: str, decision: str, done: bool) -> bool:
        """Tell whether the decision of before is gone, or the results of work that was confirmed to its caller."""
        log = set(read_layer(self.study, "decisions")["decision_id"])
        before, now = about(self.before), about(self.study)
        key = version_key({"build": "build", "add": "complaints", "stalls": "stall_zones"}.get(kind, "decisions"))
        there = len(log) == 2 if kind == "decision" else before[key] != now[key]
        return decision not in log or (done and not there)


def asked(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return the answer of a function that runs in a forked process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(function(*arguments)).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text)


def state_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return names, sizes and times of all files below a folder."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                state = Path(place, name).stat()
            except FileNotFoundError:
                continue
            found.append((name, state.st_size, state.st_mtime_ns))
    return tuple(sorted(found))


def forked(work: Callable[[], object]) -> tuple[int, int]:
    """Run work in a forked process; return its number, and a pipe that a byte comes through once it is confirmed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work()
            os.write(writing, b"1")
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def measure(work: Callable[[], object], folder: Path) -> float:
    """Return the seconds from the first to the last write of a run that is left alone."""
    before = state_of(folder)
    child, reading = forked(work)
    first = last = 0.0
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        now = state_of(folder)
        time.sleep(_LOOK_S)
        if now != before:
            before, last = now, time.perf_counter()
            first = first or last
    os.close(reading)
    return max(last - first, 0.001)


def kill_once(work: Callable[[], object], folder: Path, span_s: float, chance: random.Random) -> bool | None:
    """Kill a run after its first write; tell whether it had confirmed its work, or None where it ended before."""
    before = state_of(folder)
    child, reading = forked(work)
    until = time.perf_counter() + _MOST_S
    while state_of(folder) == before and time.perf_counter() < until:
        time.sleep(_LOOK_S)
        if os.waitpid(child, os.WNOHANG) != (0, 0):
            if os.read(reading, 1) != b"1":
                raise RuntimeError("the work failed without a kill: see the trace above")
            os.close(reading)
            return None
    time.sleep(chance.uniform(0, span_s))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    confirmed = os.read(reading, 1) == b"1"
    os.close(reading)
    return confirmed if os.WIFSIGNALED(status) else None


def killed(kind: str, work: Work, kills: int, chance: random.Random) -> Counts:
    """Kill one kind of work again and again; before each, a decision is confirmed that has to stay."""
    counts, run, folder = Counts(kind), getattr(work, kind), work.study.parent
    asked(work.begin)
    span_s = measure(run, folder)
    while counts.kills < kills:
        decision = asked(work.begin)
        done = kill_once(run, folder, span_s, chance)
        if done is None:
            continue
        counts.kills += 1
        if not asked(work.is_sound):
            counts.unreadable += 1
        else:
            counts.lost += int(asked(work.has_lost, kind, decision, done))
    asked(work.begin)
    counts.left = len(state_of(folder)) - 1
    return counts


def main() -> None:
    """Kill, look, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--kinds", default="build,add,stalls,decision")
    parser.add_argument("--seed", type=int, default=1)
    # `python -m benchmarks` has options of its own
    options, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder))
        asked(work.make)
        print(HEADER, flush=True)
        for kind in options.kinds.split(","):
            print(killed(kind, work, options.kills, random.Random(options.seed)), flush=True)  # noqa: S311


if __name__ == "__main__":
    main()
