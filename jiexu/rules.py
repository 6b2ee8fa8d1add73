"""Rules: the parameters of a profile or a study, with their sources."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from geo.core.text import Text
from geo.rules.articles import article_names
from geo.rules.documents import counts_document, rules_document
from geo.rules.leaf import Leaf
from geo.rules.loader import PROFILES, Profile, load_profile
from geo.rules.names import RULE_NAMES
from geo.study.reader import Study, open_study
from jiexu.language import language
from jiexu.shared import AsJson, bad_option, errors_as_messages, print_document, rule_title, rules_day_of, say

app = typer.Typer()

_STUDY_SUFFIX = ".gpkg"


@app.command(epilog="Example: `jiexu rules nyc --explain clearance.corner`")
@errors_as_messages
def rules(
    profile: Annotated[
        str,
        typer.Argument(metavar="[PROFILE]", help=f"One of {', '.join(PROFILES)}, a YAML file, or a study."),
    ] = "china",
    explain: Annotated[
        str | None, typer.Option(metavar="PARAM", help="Only this parameter, or all below it, with source and note.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The values in force on this day; by default today.")
    ] = None,
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Rank a study's assumptions by how much its answers move with them.")
    ] = False,
    only: Annotated[
        str | None, typer.Option(metavar="GROUPS", help="With --assumptions: only these groups, between commas.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="With --assumptions: the first N.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print a profile: every parameter with value, unit, status and source."""
    if assumptions:
        _rank(profile, rules_day_of(on), only or explain, limit, as_json)
        return
    if only is not None or limit is not None:
        raise bad_option(Text("--only 和 --limit 须与 --assumptions 同用", "--only and --limit need --assumptions"))
    loaded = _profile(profile, rules_day_of(on))
    leaves = loaded.below(explain) if explain else dict(loaded.leaves)
    if as_json:
        print_document(rules_document(loaded, leaves))
        return
    counts = counts_document(leaves)
    typer.echo(f"{loaded.name} {loaded.hash}  {loaded.day}")
    typer.echo(
        Text(
            f"{counts['sourced']} 项有来源，{counts['assumption']} 项为假定",
            f"{counts['sourced']} sourced, {counts['assumption']} assumed",
        ).pick(language())
    )
    for path, leaf in leaves.items():
        typer.echo(f"{path} = {_value(leaf)}  [{leaf.status}] {leaf.source}")
        if explain:
            _explain(path, leaf)
    if not explain:
        _print_articles(loaded)


def _profile(name: str, day: dt.date | None) -> Profile:
    """Return a profile, or the rules that a study keeps."""
    if name.lower().endswith(_STUDY_SUFFIX):
        return open_study(Study(name)).under_rules_of(day).profile
    return load_profile(name, day)


def _rank(name: str, day: dt.date | None, only: str | None, limit: int | None, as_json: bool) -> None:
    """Print the assumptions of a study by how much they move its answers."""
    from geo.assumptions.ranking import rank_assumptions  # noqa: PLC0415 (loads every analysis)

    if not name.lower().endswith(_STUDY_SUFFIX):
        raise bad_option(
            Text("--assumptions 须给出研究文件，如 anyang.gpkg", "--assumptions takes a study, like anyang.gpkg")
        )
    groups = [group.strip() for group in (only or "").split(",") if group.strip()]
    study = open_study(Study(name)).under_rules_of(day)
    found = rank_assumptions(study, groups, on_step=lambda number, of, path: say(Text(*[f"{number}/{of} {path}"] * 2)))
    rows = found["assumptions"][:limit]
    if as_json:
        print_document({**found, "assumptions": rows})
        return
    counts = found["counts"]
    typer.echo(
        Text(
            f"{counts['sourced']} 项有来源，{counts['assumption']} 项为假定；"
            f"已变动 {len(found['assumptions'])} 项，未变动 {len(found['unmeasured'])} 项",
            f"{counts['sourced']} sourced, {counts['assumption']} assumed; {len(found['assumptions'])} moved, "
            f"{len(found['unmeasured'])} not moved",
        ).pick(language())
    )
    for row in rows:
        most = row["moves"][0] if row["moves"] else None
        moved = ""
        if most is not None:
            moved = f"  {most['figure']} {most['before']:g} → {most['after']:g} ({row['path']} = {most['value']})"
        typer.echo(f"{row['rank']:>4}  {row['effect']:>7.1%}  {row['path']} = {row['value']} {row['unit']}{moved}")


def _value(leaf: Leaf) -> str:
    if leaf.value is None:
        return Text(f"（{leaf.first} 起才有）", f"(none before {leaf.first})").pick(language())
    value = ", ".join(map(str, leaf.value)) if isinstance(leaf.value, list) else leaf.value
    return f"{value} {leaf.unit}"


def _explain(path: str, leaf: Leaf) -> None:
    """Print the other fields of a parameter, where it has them."""
    for name, more in (
        ("since", leaf.since),
        ("note", leaf.note),
        ("address", leaf.address),
        ("checked", leaf.checked),
        ("range", leaf.range and f"{leaf.range[0]} – {leaf.range[1]}"),
        ("values", "; ".join(f"{day}: {entry['value']}" for day, entry in leaf.values.items())),
        ("rule", rule_title(path) if path in RULE_NAMES else ""),
    ):
        if more:
            typer.echo(f"  {name}: {more}")


def _print_articles(profile: Profile) -> None:
    """Print the articles of law in force, with the results of each."""
    for name, article in profile.articles.items():
        if article.holds(profile.day):
            cited = article_names({name: article}, language())
            typer.echo(f"articles.{name}: {cited}  ({', '.join(article.behind)})")
