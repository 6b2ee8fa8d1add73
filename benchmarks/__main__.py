"""Run every benchmark: `python -m benchmarks [EXTRACT]`. Without an extract, the sample's is used."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import (
    complaints,
    crash_recovery,
    damaged_studies,
    extract,
    facilities,
    first_paint,
    hot_spots,
    map,
    masking,
    network,
    parking,
    points,
    sessions,
    stalls,
    start_up,
    writers,
)
from geo.sample import sample_extract

file = Path(sys.argv[1] if len(sys.argv) > 1 else sample_extract())
extract.main(file)
network.main(file)
points.main(file)
masking.main()
stalls.main(file)
parking.main(file)
complaints.main(file)
hot_spots.main(file)
facilities.main(file)
first_paint.main()
map.main(file)
sessions.main(file)
crash_recovery.main()
damaged_studies.main()
start_up.main()
writers.main()
