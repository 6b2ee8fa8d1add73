"""Time a function in a process of its own, with its peak memory."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass

RUNS = 3

_SCRIPT = """
import json, resource, sys, time
{prepare}
start = time.perf_counter()
{run}
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print("measured:" + json.dumps([seconds, peak]))
"""


@dataclass(frozen=True)
class Measure:
    """Median seconds of the timed part and the largest peak memory of the whole process, in MB."""

    seconds: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.seconds:8.2f} s  {self.peak_mb:7.0f} MB"


def measure(prepare: str, run: str, runs: int = RUNS) -> Measure:
    """
    Run code in fresh processes.

    Parameters
    ----------
    prepare
        Python code that is not timed (imports).
    run
        Python code that is. Lines that it prints with "note:" in front are passed on.
    runs
        How many processes; the median counts.
    """
    results = []
    for _ in range(runs):
        code = _SCRIPT.replace("{prepare}", prepare).replace("{run}", run)
        finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise RuntimeError(finished.stderr[-2000:])
        for line in finished.stdout.splitlines():
            if line.startswith("note:"):
                print(line.removeprefix("note:").strip())
        line = next(line for line in finished.stdout.splitlines() if line.startswith("measured:"))
        results.append(json.loads(line.removeprefix("measured:")))
    return Measure(statistics.median(seconds for seconds, _ in results), max(peak for _, peak in results))
