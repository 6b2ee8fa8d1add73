"""Twenty writers at once: how long each of their decisions takes, and whether one is lost."""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from geo.build import build_study
from geo.sample import write_sample
from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier

WRITERS: Final = 20
DECISIONS: Final = 10
"""Decisions of each writer."""


def decided_at_once(study: Path, streets: list[str]) -> list[tuple[float, str]]:
    """
    Let as many processes decide on streets of their own at the same time.

    Parameters
    ----------
    study
        The study.
    streets
        Divided among the writers.

    Returns
    -------
    decisions
        Seconds and identifier of each.

    Raises
    ------
    RuntimeError
        If a writer ends with an error.
    """
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    writers = [fork.Process(target=_decide, args=(study, streets[n::WRITERS], answers)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    taken = [answers.get() for _ in writers]
    for writer in writers:
        writer.join()
    if None in taken:
        raise RuntimeError(f"{taken.count(None)} of {WRITERS} writers failed: see the traces above")
    return [each for some in taken for each in some]


def _decide(study: Path, streets: list[str], answers: Any) -> None:
    taken = None
    try:
        done = []
        for each in streets:
            began = time.perf_counter()
            number = decide_tier(study, each, "secondary", "同时")
            done.append((time.perf_counter() - began, number))
        taken = done
    finally:
        answers.put(taken)


def main() -> None:
    """Measure on the sample."""
    with tempfile.TemporaryDirectory() as name:
        study = Path(name) / "sample.gpkg"
        build_study(study, write_sample(Path(name) / "data"))
        streets = read_layer(study, "streets")["street_id"].tolist()[: WRITERS * DECISIONS]
        seconds = [each for each, _ in decided_at_once(study, streets)]
        kept = len(read_layer(study, "decisions"))
    parts = statistics.quantiles(seconds, n=20)
    print(f"{WRITERS} writers, {DECISIONS} decisions each: {len(streets) - kept} lost,", end=" ")
    print(f"median {statistics.median(seconds):.2f} s, 95th percentile {parts[-1]:.2f} s")


if __name__ == "__main__":
    main()
