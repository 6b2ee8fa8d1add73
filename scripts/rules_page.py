"""Write docs/reference/rules.md: the base profile with values and sources, and the changes of the other profiles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from geo.core.text import pick
from geo.rules import PROFILES, Leaf, Profile, load_profile
from geo.rules.documents import counts_document
from geo.rules.leaf import ALWAYS

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
    "inventory": "parking where no tag tells, by a model",
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

A profile is a YAML tree of parameters. Each leaf is `{value, unit, source, since, status, note, address, checked,
range}`; `status` is `sourced` (the source was read at `address` on the day `checked`, or is documentation of
OpenStreetMap, a paper or another tool) or `assumption`; `range` is the least and the greatest value that it may have.
Code never holds a rule's number.

`jiexu rules` prints a profile; `jiexu rules nyc --explain clearance` prints its clearances with their sources;
`jiexu rules STUDY.gpkg` prints the rules that a study keeps. `jiexu rules STUDY.gpkg --assumptions` ranks the
assumptions by how much the study's answers move when they move, one at a time: the list to settle first.

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
with the days `Mo-Fr`, `Sa-Su` or `Mo-Su`; a window over midnight ends on the next day (`Sa-Su 18:00-02:00` holds on
Monday at 01:00, and not on Saturday at 01:00). A study keeps its rules, their name and a hash of their values
(`jiexu info`).

## Values by date

A rule that changed says its values by the day from which each holds, as OpenFisca's parameters do:

```yaml
clearance:
  crossing:
    values:
      2009-01-01: 5
      2021-03-01: {value: 8, source: "our notice of 2021", checked: 2026-11-26}
    unit: m
    source: "our notice of 2009"
    status: sourced
```

A date may be quoted or not, or a year or a month, which begin on their first day. Source, status, address, day of
checking and note stand at the parameter, or at a date that has its own. A value holds until the next one.

`--on DATE` of `rules`, `grade`, `stalls`, `check` and `bays` means the rules in force on that day; by default it is
today on the study's clock, and for `check` the day of `--at`. A study keeps all dates. A result keeps the day of its
rules (`rules_on`), and is out of date only where the values that it used differ from those in force now.

A file is merged with its base parameter by parameter: before its first date the base's values hold, from then on only
its own. A `value` without a date holds on every day. A parameter has no value before its first date, where its base has
none either: `jiexu rules --on` lists it as undefined, and whatever reads it ends with an error that names the parameter
and its first date, as in OpenFisca.

## Articles of law

`articles` names the articles of law behind results: `behind` lists some of `zone`, `bay`, `night_bay`, `step.STEP`
and `category.CODE`. Zones and bays carry the names of the articles in force (column `basis`), `jiexu steps --json` and
`jiexu response --json` carry those of penalty steps and of the categories of complaints. A profile adds its own, takes
one out of its base by `NAME: null`, and all of them by `keep_articles: false`.

```yaml
articles:
  our_notice:
    law: {zh: 某市疏导点管理办法, en: Our city's measures on stalls}
    article: {zh: 第五条, en: Art. 5}
    says: {zh: 疏导点的地点和时段由区政府公布, en: The district publishes the places and hours of stall zones}
    behind: [zone]
    since: 2025-05-01
```

This page is written by `make docs`.
"""

ARTICLES = """
| article | law | says | behind | since | read at |
|---|---|---|---|---|---|
"""

TABLE = """
| parameter | value | unit | status | source |
|---|---|---|---|---|
"""


def _rows(leaves: Mapping[str, Leaf]) -> str:
    rows = []
    for path, leaf in leaves.items():
        value = ", ".join(map(str, leaf.value)) if isinstance(leaf.value, list) else leaf.value
        read = f" ({leaf.address}{', checked ' + leaf.checked if leaf.checked else ''})" if leaf.address else ""
        source = f"{leaf.source}{read}{'; ' + leaf.note if leaf.note else ''}".replace("|", "\\|")
        first = next((day for day in leaf.days if day != ALWAYS), "")
        value = f"{value} (from {first})" if first else value
        rows.append(f"| `{path}` | {value} | {leaf.unit} | {leaf.status} | {source} |")
    return TABLE + "\n".join(rows) + "\n"


def _articles(profile: Profile) -> str:
    rows = []
    for name, article in profile.articles.items():
        law, number, says = (pick(text, "en") for text in (article.law, article.article, article.says))
        behind = ", ".join(f"`{use}`" for use in article.behind)
        rows.append(f"| `{name}` | {law}, {number} | {says} | {behind} | {article.since} | {article.address} |")
    return ARTICLES + "\n".join(rows) + "\n"


def page() -> str:
    """Return the page."""
    base = load_profile()
    groups = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in GROUPS.items())
    parts = [HEAD, "\n## Groups\n\n| group | content |\n|---|---|\n", groups]
    counts = counts_document(dict(base.leaves))
    parts += [
        f"\n## The profile {base.name}\n",
        f"\n{len(base.leaves)} parameters: {counts['sourced']} sourced, {counts['assumption']} assumed.\n",
        _rows(base.leaves),
        f"\n## Articles of the profile {base.name}\n",
        _articles(base),
    ]
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
