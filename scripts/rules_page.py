"""Write docs/rules.md: every parameter of the base profile, with its value and source."""

from pathlib import Path

from geo.rules import load_profile

HEAD = """# Rules

A profile is a YAML tree of parameters. Each leaf is `{value, unit, source, since, status, note}`; `status` is `sourced`
(checked against the source) or `assumption`. Code never holds a rule's number.

To change rules, write a file that says only what differs and pass it as `--rules FILE`:

```yaml
# our-city.yaml
streets:
  same_name_gap: {value: 300, unit: m, source: "our survey, 2025", status: sourced}
```

Unknown keys, wrong units and impossible values are refused with file and path. A study keeps the profile's name and a
hash of its values (`jiexu info`). This page lists the profile `china`; it is written by `make docs`.

| parameter | value | unit | status | source |
|---|---|---|---|---|
"""


def main() -> None:
    """Write the page."""
    rows = [
        f"| `{path}` | {', '.join(leaf.value) if isinstance(leaf.value, list) else leaf.value} | {leaf.unit} | "
        f"{leaf.status} | {leaf.source}{'; ' + leaf.note if leaf.note else ''} |"
        for path, leaf in load_profile().leaves.items()
    ]
    page = Path(__file__).parent.parent / "docs" / "rules.md"
    page.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
