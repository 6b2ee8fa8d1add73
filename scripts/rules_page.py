"""Write docs/reference/rules.md: the base profile with values and sources, and what the other profiles change."""

from collections.abc import Mapping
from pathlib import Path

from geo.rules import PROFILES, Leaf, load_profile

HEAD = """# Rules

A profile is a YAML tree of parameters. Each leaf is `{value, unit, source, since, status, note}`; `status` is `sourced`
(checked against the source) or `assumption`. Code never holds a rule's number.

`jiexu rules` prints a profile, `jiexu rules nyc --explain clearance` what it says of clearances and why.

To change rules, write a file that says only what differs and pass it as `--rules FILE` (to `build`, `grade` or
`stalls`; the study keeps it):

```yaml
# our-city.yaml
base: anyang          # one of the profiles below; china if nothing is said
clearance:
  crossing: {value: 8, unit: m, source: "our survey, 2025", status: sourced}
stalls:
  hours:
    back_street: {value: ["Mo-Su 06:00-22:00"], unit: hours, source: "our notice, 2025", status: sourced}
```

Unknown keys, wrong units and impossible values are refused with file, line and path. Lengths may be in `m` or `ft`,
times in `h` or `min`, speeds in `km/h` or `mph`. Hours are windows in the words of OpenStreetMap's `opening_hours`,
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


def main() -> None:
    """Write the page."""
    base = load_profile()
    parts = [HEAD, f"\n## The profile {base.name}\n", _rows(base.leaves)]
    for name in PROFILES:
        if name != base.name:
            changed = {path: leaf for path, leaf in load_profile(name).leaves.items() if leaf != base.leaves[path]}
            parts += [f"\n## What the profile {name} changes\n", _rows(changed)]
    page = Path(__file__).parent.parent / "docs" / "reference" / "rules.md"
    page.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
