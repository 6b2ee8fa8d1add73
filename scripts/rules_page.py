"""Write docs/reference/rules.md: the base profile with values and sources, and the changes of the other profiles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from geo.rules import PROFILES, Leaf, load_profile

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "rules.md"
GROUPS: Final[Mapping[str, str]] = {
    "answer": "answers to complaints: shares of the 721 method, time limits",
    "audit": "contradictions and doubts among tiers",
    "bay": "parking bays: sizes, orientation, minimum carriageway widths, the reading of the law",
    "clearance": "distances that stalls and bays keep from corners, crossings, stops, hydrants and others",
    "clearance_hours": "hours in which a clearance holds",
    "context": "features of the base map",
    "coverage": "supply and demand of facilities, walking standards",
    "display": "goods outside shops",
    "facilities": "OSM tags of each kind of facility",
    "fire_lane": "clear width for fire engines",
    "guide": "relocation of stalls",
    "hotspots": "density of complaints and tests against chance",
    "kerb": "kerb lines, frontage and rows",
    "lists": "other lists of points",
    "mapped_parking": "parking that OSM maps, counted in cars",
    "measures": "effects of decisions before and after",
    "need": "parking demand",
    "network": "the routing graph: speeds, access",
    "patrols": "patrol districts and rounds",
    "pavement": "pavement widths",
    "points": "imported points: duplicates, snapping to segments",
    "quarters": "quarters of the city",
    "repeats": "relapses of complaints",
    "response": "penalty steps",
    "roads": "kept ways, lane widths, default widths",
    "selection": "selections of streets",
    "sites": "sites for new facilities",
    "stalls": "stalls: stance and hours by tier, pitches, rows, supply, goods, designation",
    "streets": "assembly of segments into streets",
    "tiers": "grading: list matching, scoring, inference",
}
"""The meaning of each group of parameters."""

HEAD = """# Rules

A profile is a YAML tree of parameters. Each leaf is `{value, unit, source, since, status, note}`; `status` is `sourced`
(checked against the source) or `assumption`. Code never holds a rule's number.

`jiexu rules` prints a profile; `jiexu rules nyc --explain clearance` prints its clearances with their sources.

To change rules, write a file that states only the differences and pass it as `--rules FILE` (to `build`, `grade` or
`stalls`; the study keeps it):

```yaml
# our-city.yaml
base: anyang          # one of the profiles below; china by default
clearance:
  crossing: {value: 8, unit: m, source: "our survey, 2025", status: sourced}
stalls:
  hours:
    back_street: {value: ["Mo-Su 06:00-22:00"], unit: hours, source: "our notice, 2025", status: sourced}
```

Unknown keys, wrong units and impossible values are refused with file, line and path. Lengths may be in `m` or `ft`,
times in `h` or `min`, speeds in `km/h` or `mph`. Hours are windows in the syntax of OpenStreetMap's `opening_hours`,
with the days `Mo-Fr`, `Sa-Su` or `Mo-Su`. A study keeps its rules, their name and a hash of their values
(`jiexu info`).

This page is written by `make docs`.
"""

TABLE = """
| parameter | value | unit | status | source |
|---|---|---|---|---|
"""


def _rows(leaves: Mapping[str, Leaf]) -> str:
    rows = []
    for path, leaf in leaves.items():
        value = ", ".join(map(str, leaf.value)) if isinstance(leaf.value, list) else leaf.value
        source = f"{leaf.source}{'; ' + leaf.note if leaf.note else ''}".replace("|", "\\|")
        rows.append(f"| `{path}` | {value} | {leaf.unit} | {leaf.status} | {source} |")
    return TABLE + "\n".join(rows) + "\n"


def page() -> str:
    """Return the page."""
    base = load_profile()
    groups = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in GROUPS.items())
    parts = [HEAD, "\n## Groups\n\n| group | content |\n|---|---|\n", groups]
    parts += [f"\n## The profile {base.name}\n", _rows(base.leaves)]
    for name in PROFILES:
        if name != base.name:
            changed = {path: leaf for path, leaf in load_profile(name).leaves.items() if leaf != base.leaves[path]}
            parts += [f"\n## Differences in the profile {name}\n", _rows(changed)]
    return "".join(parts)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
