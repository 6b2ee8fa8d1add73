"""Kill a process at random moments of saving decisions: studies unreadable, confirmed decisions lost."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from geo.build import build_study
from geo.core.errors import JiexuError
from geo.sample import write_sample
from geo.study.figures import info
from geo.study.file import read_layer

KILLS = 200
SAVING = """
from pathlib import Path
from geo.tiers.decisions import decide_tier
from geo.study.file import read_layer
study = Path({study!r})
streets = read_layer(study, "streets")["street_id"].tolist()
for i in range(100_000):
    print(decide_tier(study, streets[i % len(streets)], "secondary", "round"), flush=True)
"""


def main() -> None:
    """Kill, look, count."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study.gpkg"
        build_study(study, write_sample(Path(folder) / "sample"))
        confirmed: set[str] = set()
        unreadable = 0
        chance = random.Random(1)  # noqa: S311
        for _ in range(KILLS):
            command = [sys.executable, "-c", SAVING.format(study=str(study))]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            assert process.stdout is not None
            confirmed.add(process.stdout.readline().strip())
            time.sleep(chance.uniform(0, 0.2))
            process.kill()
            confirmed |= {line.strip() for line in process.stdout if line.endswith("\n")}
            try:
                info(study)
                kept = set(read_layer(study, "decisions")["decision_id"])
            except JiexuError:
                unreadable += 1
        print(f"{KILLS} kills, {len(confirmed):,} confirmed decisions")
        print(f"studies unreadable {unreadable}, confirmed decisions lost {len(confirmed - kept)}")


if __name__ == "__main__":
    main()
