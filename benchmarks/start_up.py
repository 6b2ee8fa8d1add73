"""Start-up costs of `jiexu --help` and `jiexu info`: seconds of CPU and peak memory."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from geo.build import build_study
from geo.sample import write_sample

RUNS = 5
_CHILD = """
import json, resource, subprocess, sys
subprocess.run([sys.executable, "-m", "jiexu", *sys.argv[1:]], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def cost(*arguments: str) -> tuple[float, float]:
    """Return the median seconds of CPU and the largest peak memory (MB) of runs of `jiexu`."""
    command = [sys.executable, "-c", _CHILD, *arguments]
    runs = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(RUNS)]
    return statistics.median(seconds for seconds, _ in runs), max(peak for _, peak in runs)


def main() -> None:
    """Print the cost of each."""
    print("# Start-up, seconds of CPU")
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "sample.gpkg"
        build_study(study, write_sample(Path(folder) / "inputs"))
        for arguments in (("--help",), ("--version",), ("info", str(study)), ("info", str(study), "--json")):
            seconds, peak = cost(*arguments)
            print(f"jiexu {arguments[0]:<12} {seconds:6.2f} s  {peak:6.0f} MB")


if __name__ == "__main__":
    main()
