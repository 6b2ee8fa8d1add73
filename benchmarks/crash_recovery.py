"""
Kill a build, an import, a plan and a decision at random moments: studies unreadable, confirmed work lost, leftovers.

`python -m benchmarks.crash_recovery [--kills N] [--kinds build,add,stalls,decision] [--seed S]`. The work is done once
up to its first write to the study's folder. There its process stops, and each run is forked from it with everything
loaded and computed, and killed between its first and its last write.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import select
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import geo.study.file
import geo.study.writing
from geo.build import Inputs, build_study
from geo.files.reading_apart import inside
from geo.points.imports import add_points
from geo.points.options import Options
from geo.rules.loader import load_profile
from geo.stalls.study import plan_stalls
from geo.study import checksums
from geo.study.file import about, connect, read_layer
from geo.study.versions import facts_of, version_key
from geo.tiers.decisions import decide_tier

KILLS: Final = 1000
_LOOK_S: Final = 0.0005
_WRITES: Final = ((geo.study.writing, "aside"), (geo.study.writing, "locked"), (geo.study.file, "locked"))
"""Whatever writes to a study's folder begins with one of these."""
_CHANGED: Final = {"build": "build", "add": "complaints", "stalls": "stall_zones", "decision": "decisions"}
"""The layer with a new version, by the kind of work."""
_LONGER: Final = 1.02
_SHORTER: Final = 0.9
"""Factors of the time to the last write after a kill within the work, and after one that came later: loads change."""
_MOST_S: Final = 120.0


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
        self.study, self.before = folder / "study" / "study.gpkg", folder / "before.gpkg"
        self.study.parent.mkdir()
        self.osm, self.complaints = folder / "town.osm", folder / "complaints.csv"
        self.streets: list[str] = []
        self.decision = ""

    def make(self) -> None:
        """Build a small study with a plan for stalls and a decision, to begin each run with."""
        write_town(self.osm, self.complaints)
        build_study(self.before, Inputs(self.osm))
        plan_stalls(self.before)
        self.streets = read_layer(self.before, "streets")["street_id"].tolist()
        self.decision = decide_tier(self.before, self.streets[0], "secondary", "confirmed before")
        self.begin()

    def begin(self) -> None:
        """Put the study back as it was before."""
        shutil.copy(self.before, self.study)

    def build(self) -> None:
        build_study(self.study, Inputs(self.osm))

    def add(self) -> None:
        add_points(self.study, self.complaints, "complaints", load_profile(), Options(crs="WGS84"))

    def stalls(self) -> None:
        plan_stalls(self.study)

    def decide(self) -> None:
        decide_tier(self.study, self.streets[1], "secondary", "killed perhaps")

    def doing(self, kind: str) -> Callable[[], None]:
        """Return the work of a kind."""
        return {"build": self.build, "add": self.add, "stalls": self.stalls, "decision": self.decide}[kind]

    def is_sound(self) -> bool:
        """Tell whether the study opens and is read, its pages are right, and each layer is as its checksum says."""
        try:
            about(self.study)
            read_layer(self.study, "streets")
            with connect(self.study) as connection:
                connection.execute("BEGIN")
                kept = checksums.kept_in(connection)
                right = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
                return right and all(checksums.state_of(connection, name, kept) == "sound" for name in kept)
        except Exception:
            traceback.print_exc()
            return False

    def has_lost(self, kind: str, done: bool) -> bool:
        """Tell whether the decision of before is gone, or the results of work that was confirmed to its caller."""
        key = version_key(_CHANGED[kind])
        with connect(self.study) as connection:
            log = [row[0] for row in connection.execute("SELECT decision_id FROM decisions")]
            there = facts_of(connection)[key] != about(self.before)[key] and (kind != "decision" or len(log) == 2)
        return self.decision not in log or (done and not there)


class _Stop(BaseException):
    """The end of work that stopped at its first write: nothing that is to be caught."""


@contextmanager
def stopping(does: Callable[[], None]) -> Iterator[None]:
    """
    Stop the work within at its first write, do something, and drop the work.

    Parameters
    ----------
    does
        In a process that it forks, it may return: the work goes on there.
    """
    before = [getattr(module, name) for module, name in _WRITES]
    here = os.getpid()

    def put(functions: list[Any]) -> None:
        for (module, name), function in zip(_WRITES, functions, strict=True):
            setattr(module, name, function)

    def first(function: Any) -> Any:
        def stopped(*arguments: Any, **named: Any) -> Any:
            put(before)
            does()
            if os.getpid() == here:
                raise _Stop
            return function(*arguments, **named)

        return stopped

    put([first(function) for function in before])
    try:
        yield
    except _Stop:
        return
    finally:
        put(before)
    raise RuntimeError("the work ended without a write")


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


class Killing:
    """
    Runs of one kind of work, each forked where the work stands before its first write.

    Parameters
    ----------
    kind, work
        The kind of work, and its study.
    chance
        Where the moments come from.
    """

    def __init__(self, kind: str, work: Work, chance: random.Random) -> None:
        self.counts = Counts(kind)
        self._work, self._chance = work, chance
        self._folder = work.study.parent
        self._confirms = -1
        """In a run: the pipe that says that its work is confirmed to its caller."""

    def run(self, kills: int) -> Counts:
        """Kill so many runs, and return their counts."""
        self._work.begin()
        does = self._work.doing(self.counts.kind)
        with stopping(lambda: self._kill(kills)):
            try:
                does()
            except Exception:
                if self._confirms >= 0:
                    traceback.print_exc()
                    os._exit(1)
                raise
            if self._confirms >= 0:
                os.write(self._confirms, b"1")
                time.sleep(_MOST_S)  # until it is killed: confirmed work has to be there then
                os._exit(0)
        return self.counts

    def _kill(self, kills: int) -> None:
        """Fork and kill runs; return in a fork, so that it goes on with its work."""
        gc.collect()
        gc.freeze()  # a fork that collects would copy all memory
        run = self._forked()
        if run is None:
            return
        first_s, last_s = self._watched(run)
        while self.counts.kills < kills:
            self._work.begin()
            run = self._forked()
            if run is None:
                return
            time.sleep(self._chance.uniform(first_s, last_s))
            confirmed = run.end()
            last_s *= _SHORTER if confirmed else _LONGER
            self._count(confirmed)
        self._work.begin()
        decide_tier(self._work.study, self._work.streets[1], "secondary", "the next run sweeps")
        self.counts.left = len(state_of(self._folder)) - 1

    def _forked(self) -> _Run | None:
        """Fork a run; None in it."""
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            self._confirms = writing
            return None
        os.close(writing)
        return _Run(process, reading)

    def _watched(self, run: _Run) -> tuple[float, float]:
        """Return the seconds to the first and to the last write of a run that is left alone."""
        before, began, times = state_of(self._folder), time.perf_counter(), []
        while not run.has_confirmed():
            now = state_of(self._folder)
            if now != before:
                before = now
                times.append(time.perf_counter() - began)
            time.sleep(_LOOK_S)
        run.end()
        return (times[0], times[-1]) if times else (0.0, time.perf_counter() - began)

    def _count(self, confirmed: bool) -> None:
        self.counts.kills += 1
        if not self._work.is_sound():
            self.counts.unreadable += 1
        else:
            self.counts.lost += int(self._work.has_lost(self.counts.kind, confirmed))


class _Run(NamedTuple):
    """A forked run, and the pipe that a byte comes through once its work is confirmed."""

    process: int
    confirms: int

    def has_confirmed(self) -> bool:
        """Tell whether its work is confirmed, or it has ended without that."""
        return bool(select.select([self.confirms], [], [], 0)[0])

    def end(self) -> bool:
        """
        Kill it, and return whether its work was confirmed.

        Raises
        ------
        RuntimeError
            If it ended by itself.
        """
        os.kill(self.process, signal.SIGKILL)
        _, status = os.waitpid(self.process, 0)
        confirmed = os.read(self.confirms, 1) == b"1"
        os.close(self.confirms)
        if not os.WIFSIGNALED(status):
            raise RuntimeError("the work failed without a kill: see the trace above")
        return confirmed


def killed(kinds: Sequence[str], kills: int, seed: int) -> Iterator[Counts]:
    """
    Kill each kind of work so many times, in a town of its own.

    Parameters
    ----------
    kinds
        Of `build`, `add`, `stalls` and `decision`.
    kills
        How many runs of each are killed.
    seed
        Of the moments.
    """
    with tempfile.TemporaryDirectory() as folder, inside():
        work = Work(Path(folder))
        work.make()
        for kind in kinds:
            yield Killing(kind, work, random.Random(seed)).run(kills)  # noqa: S311


def main() -> None:
    """Kill, look, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--kinds", default="build,add,stalls,decision")
    parser.add_argument("--seed", type=int, default=1)
    # `python -m benchmarks` has options of its own
    options, _ = parser.parse_known_args()
    print(HEADER, flush=True)
    for counts in killed(options.kinds.split(","), options.kills, options.seed):
        print(counts, flush=True)


if __name__ == "__main__":
    main()
