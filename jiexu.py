"""The command-line door: the same verbs as the pages, for scripts and big cities."""

from __future__ import annotations

import datetime as dt
import json
import locale
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import shapely
import typer
from tqdm import tqdm

from dashboards.served import SAMPLE_STUDY
from geo.audit import DOUBTS, audit_study
from geo.bay_study import plan_bays, write_bays
from geo.build import STEPS, Inputs, build_study, grade_study
from geo.check import VERDICT_NAMES
from geo.cleaning import TIMEZONE
from geo.columns import fields_of
from geo.decisions import decide_section, decide_tier, find_street, standing_decisions
from geo.decisions import undo as undo_decision
from geo.download import DEFAULT_OVERPASS, download_area, download_place, tags_by_key
from geo.encoding import ENCODINGS
from geo.errors import JiexuError
from geo.export import SUFFIXES, export_layer
from geo.guide import guidance_document
from geo.imports import add_points, remove_import
from geo.points import Options, PointKind
from geo.response import STEP_NAMES, record_step, steps_due
from geo.rule_names import RULE_NAMES
from geo.rules import PROFILES, load_profile
from geo.sample import write_sample
from geo.schema import GRADED
from geo.stall_study import check_place, guide_stalls, plan_stalls
from geo.stalls import Kind
from geo.street_list import find_section
from geo.study import FORMAT, LAYERS, about, info, metric_crs_of, profile_of, read_layer
from geo.text import Language, Text, pick
from geo.tiers import TIER_NAMES
from geo.zone_decisions import decide_zone

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Jiexu 街序: grade a city's streets, overlay complaints, stalls and parking, decide on the map.\n\n"
    "Start with: `jiexu serve` (opens the sample study in the browser)",
)

_P = ParamSpec("_P")
_R = TypeVar("_R")
Study = Annotated[Path, typer.Argument(metavar="STUDY.gpkg", help="The study file.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def language() -> Language:
    """Return the language of messages: Chinese where the locale says so, else English."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if (wanted or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _speaks(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Turn an error of Jiexu's into one clear sentence and exit status 2."""

    @wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except JiexuError as error:
            lead = "错误：" if language() == "zh" else "Error: "
            typer.echo(lead + error.sentence(language()), err=True)
            raise typer.Exit(2) from error

    return run


def _say(text: Text) -> None:
    typer.echo(text.pick(language()), err=True)


def _build(study: Path, inputs: Inputs) -> None:
    """Build with a progress bar on standard error."""
    with tqdm(total=STEPS, file=sys.stderr, bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} {desc}", leave=False) as bar:

        def on_step(step: Text) -> None:
            bar.set_description_str(step.pick(language()), refresh=False)
            bar.update(1)

        build_study(study, inputs, on_step)


@app.command(epilog="Example: `jiexu sample sample-data`")
@_speaks
def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the files.", show_default=False)],
) -> None:
    """Write the sample inputs: central Helsinki, and made-up points that say so."""
    write_sample(folder)
    _say(
        Text(
            f"示例数据已写入 {folder}（点位均为合成数据）",
            f"The sample inputs are in {folder} (all points are synthetic)",
        )
    )


@app.command(epilog="Example: `jiexu build anyang.gpkg --osm anyang.osm.pbf --tiers 名单.xlsx --complaints 投诉.csv`")
@_speaks
def build(
    study: Study,
    osm: Annotated[Path | None, typer.Option(help="An extract: .osm.pbf, .osm, .osm.gz or .osm.bz2.")] = None,
    place: Annotated[str | None, typer.Option(help="Download the area of this name through OSMnx.")] = None,
    bbox: Annotated[str | None, typer.Option(metavar="W,S,E,N", help="Download this box, in degrees.")] = None,
    boundary: Annotated[Path | None, typer.Option(help="Polygons: keep the streets that touch them.")] = None,
    tiers: Annotated[Path | None, typer.Option(help="The official list: CSV or XLSX of street and tier.")] = None,
    complaints: Annotated[Path | None, typer.Option(help="Complaints: CSV or XLSX.")] = None,
    stalls: Annotated[Path | None, typer.Option(help="Stalls: CSV or XLSX.")] = None,
    parking: Annotated[Path | None, typer.Option(help="Parking: CSV or XLSX.")] = None,
    rules: Annotated[str, typer.Option(help=f"A profile ({', '.join(PROFILES)}) or a YAML file.")] = "china",
    overpass: Annotated[
        str, typer.Option(envvar="JIEXU_OVERPASS", help="The Overpass server that --place and --bbox ask.")
    ] = DEFAULT_OVERPASS,
) -> None:
    """Build a study, or build it anew; decisions and the tiers that they set are kept."""
    if sum(source is not None for source in (osm, place, bbox)) != 1:
        raise typer.BadParameter("give one of --osm FILE, --place NAME or --bbox W,S,E,N")
    source = ""
    if osm is None:
        profile = load_profile(rules)
        tags = tags_by_key({**profile.group("facilities.kinds"), **profile.group("context.kinds")})
        _say(Text("正在下载 OSM 数据…", "Downloading from OpenStreetMap …"))
        if place is not None:
            osm, source = download_place(place, tags, overpass), place
        else:
            osm, source = download_area(_box(str(bbox)), tags, overpass), f"bbox {bbox}"
    files: dict[PointKind, Path | None] = {"complaints": complaints, "stalls": stalls, "parking": parking}
    points = {kind: file for kind, file in files.items() if file is not None}
    _build(study, Inputs(osm, source, boundary, tiers, points, rules))
    figures = info(study)
    _say(
        Text(
            f"{study}：{figures['layers']['streets']} 条街道，待核实问题 {figures['layers']['findings']} 条",
            f"{study}: {figures['layers']['streets']} streets, {figures['layers']['findings']} findings",
        )
    )


def _box(bbox: str) -> shapely.Polygon:
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise typer.BadParameter("--bbox takes four numbers: W,S,E,N") from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise typer.BadParameter("--bbox takes degrees with W < E and S < N")
    return shapely.box(west, south, east, north)


@app.command("info", epilog="Example: `jiexu info anyang.gpkg --json`")
@_speaks
def show_info(study: Study, as_json: AsJson = False) -> None:
    """Print a study's figures: rows, kilometres and points per tier, extent, rules, findings."""
    figures = info(study)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        typer.echo(_table(figures))


def _table(figures: dict[str, Any]) -> str:
    zh = language() == "zh"
    made_up = [kind for kind, count in figures["synthetic"].items() if count]
    lines = [
        f"{figures['study']}  OSM {(figures['osm_date'] or '?')[:10]}  {figures['metric_crs']}  "
        f"{figures['profile']['name']} {figures['profile']['hash']}",
        "extent: " + ", ".join(f"{value:.5f}" for value in figures["extent"]),
        "",
        f"{'tier':<16}{'km':>10}{'complaints/km':>15}{'stalls':>9}{'parking':>9}",
    ]
    for tier, row in figures["per_tier"].items():
        rate = "-" if row["complaints_per_km"] is None else f"{row['complaints_per_km']:.2f}"
        lines.append(
            f"{tier:<16}{row['km']:>10.2f}{rate:>15}{row['stalls']:>9}{row['parking']:>9}  {TIER_NAMES[tier].zh}"
        )
    lines += ["", "km by source: " + ", ".join(f"{k} {v:.2f}" for k, v in figures["streets_km"]["tier_source"].items())]
    lines += ["rows: " + ", ".join(f"{name} {count}" for name, count in figures["layers"].items())]
    if figures["findings"]:
        lines.append("findings: " + ", ".join(f"{name} {count}" for name, count in figures["findings"].items()))
    if made_up:
        lines.append(("合成数据：" if zh else "synthetic data: ") + ", ".join(made_up))
    return "\n".join([*lines, figures["credit"]])


@app.command(epilog='Example: `jiexu tier anyang.gpkg --street 文峰大道 --tier demonstration --reason "创建示范街"`')
@_speaks
def tier(
    study: Study,
    street: Annotated[str, typer.Option(help="The street's name or id.")],
    tier: Annotated[str, typer.Option(help="demonstration, secondary or back_street.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
    start: Annotated[str | None, typer.Option("--from", help="A section: the cross-street where it begins.")] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="The cross-street where it ends (or 东端, north end).")
    ] = None,
) -> None:
    """Set the tier of a street or a section by a decision; it is kept through every rebuild."""
    if (start is None) != (end is None):
        raise typer.BadParameter("a section takes both --from and --to")
    street_id = find_street(study, street, whole=start is not None)
    if start is None or end is None:
        decision = decide_tier(study, street_id, tier, reason, by)
    else:
        roads = gpd.GeoDataFrame(read_layer(study, "roads"))
        section = find_section(street_id, start, end, roads, profile_of(study), metric_crs_of(study))
        decision = decide_section(study, street_id, section.segment_ids, section.label, tier, reason, by)
    _say(Text(f"已记录决定 {decision}", f"Decision {decision} is recorded"))


@app.command(epilog="Example: `jiexu grade anyang.gpkg --list 名单.xlsx`")
@_speaks
def grade(
    study: Study,
    list_file: Annotated[Path | None, typer.Option("--list", help="The official list: CSV or XLSX.")] = None,
    rules: Annotated[
        str | None, typer.Option(help="A profile or a YAML file; by default the profile that the study was built with.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Grade the streets again, say how well the inference does on the list, and list the doubts."""
    profile = load_profile(rules) if rules else profile_of(study)
    report = grade_study(study, profile, list_file)
    doubts = audit_study(study, profile)
    findings = read_layer(study, "findings")
    findings = findings[findings["layer"].isin(["streets", "decisions"])]
    streets = read_layer(study, "streets")
    by_source = {str(source): int(count) for source, count in streets["tier_source"].value_counts().items()}
    if as_json:
        document = {
            "streets": {"total": len(streets), "tier_source": by_source},
            "accuracy": None,
            "interval": None,
            "confusion": None,
            **report,
            "doubts": json.loads(doubts.to_json(orient="records", force_ascii=False)),
            "findings": json.loads(pd.DataFrame(findings).to_json(orient="records", force_ascii=False)),
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    typer.echo(", ".join(f"{source} {count}" for source, count in by_source.items()))
    typer.echo(_inference(report))
    typer.echo(f"\n{'待核查' if language() == 'zh' else 'doubts'}: {len(doubts)}")
    for row in doubts.itertuples():
        kind = DOUBTS[row.kind].pick(language())
        typer.echo(f"{kind}  {row.name or '-'}  {row.street_id}  {pick(row.reason, language())}")
    for row in findings.itertuples():
        typer.echo(f"{row.source}:{row.row or ''}  {pick(row.problem, language())} → {pick(row.action, language())}")


def _inference(report: dict[str, Any]) -> str:
    """Return what a report of `geo.ordinal` says, for reading."""
    zh = language() == "zh"
    method = {"score": Text("评分", "score"), "model": Text("由名单训练的模型", "model that learned from the list")}
    weights = ", ".join(f"{name} {points:.0f}" for name, points in report["weights"].items())
    lines = [f"{'推断方法' if zh else 'inferred by'}: {method[report['method']].pick(language())} ({weights})"]
    if "accuracy" not in report:
        few = Text(
            f"名单上可用的街道只有 {report['listed']} 条，不足以检验推断",
            f"only {report['listed']} listed streets: too few to test the inference",
        )
        return "\n".join([*lines, few.pick(language())])
    low, high = report["interval"]
    lines.append(
        Text(
            f"{report['folds']} 折交叉验证：{report['listed']} 条名单街道中 {report['accuracy']:.0%} 推断正确"
            f"（95% 区间 {low:.0%}–{high:.0%}），校准误差 {report['calibration']['error']:.2f}",
            f"{report['folds']}-fold cross-validation: {report['accuracy']:.0%} of {report['listed']} listed streets "
            f"right (95% interval {low:.0%}–{high:.0%}), calibration error {report['calibration']['error']:.2f}",
        ).pick(language())
    )
    for name, figures in report["compared"].items():
        lines.append(
            f"  {method[name].pick(language())}: {figures['accuracy']:.0%}, log loss {figures['log_loss']:.3f}"
        )
    lines.append(
        f"{'名单' if zh else 'listed'} ＼ {'推断' if zh else 'inferred':<12}" + "".join(f"{t:>15}" for t in GRADED)
    )
    lines += [
        f"{listed:<18}" + "".join(f"{report['confusion'][listed][tier]:>15}" for tier in GRADED) for listed in GRADED
    ]
    for part in report["calibration"]["bins"]:
        stated, right = part["confidence"], part["right"]
        lines.append(f"  {'置信度' if zh else 'confidence'} {stated:.0%} → {right:.0%} ({part['streets']})")
    return "\n".join(lines)


@app.command(epilog='Example: `jiexu decisions anyang.gpkg --undo D0003 --reason "误判"`')
@_speaks
def decisions(
    study: Study,
    undo: Annotated[str | None, typer.Option(metavar="ID", help="The decision that should no longer count.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for --undo.")] = "",
    by: Annotated[str, typer.Option(help="Who undoes it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the decisions, or undo one by a new one."""
    if undo is not None:
        number = undo_decision(study, undo, reason, by)
        _say(Text(f"已记录决定 {number}，撤销 {undo}", f"Decision {number} is recorded: it undoes {undo}"))
    taken = pd.DataFrame(read_layer(study, "decisions"))
    taken["stands"] = taken["decision_id"].isin(standing_decisions(taken))
    if as_json:
        typer.echo(taken.to_json(orient="records", date_format="iso", force_ascii=False, indent=2))
        return
    for row in taken.itertuples():
        state = "" if row.stands else ("（已撤销）" if language() == "zh" else " (undone)")
        when = f"{row.at:%Y-%m-%d %H:%M}"
        typer.echo(
            f"{row.decision_id}{state}  {when}  {row.by or '-'}  {row.subject_name or row.subject}  "
            f"{row.before} → {row.after}  {row.reason}"
        )


@app.command(epilog="Example: `jiexu add anyang.gpkg 投诉.csv --kind complaints --crs GCJ-02`")
@_speaks
def add(
    study: Study,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV, TSV, XLSX, XLS, GeoJSON, Shapefile (zipped or loose), GeoPackage, GeoParquet or KML.",
            show_default=False,
        ),
    ],
    kind: Annotated[PointKind, typer.Option(help="What the rows are.")],
    crs: Annotated[
        str | None, typer.Option(help="WGS84, GCJ-02, BD-09 or an EPSG code; by default the streets tell.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="COL=FIELD", help="Which column serves which field.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help=f"One of {', '.join(ENCODINGS)}; by default detected.")] = None,
    by: Annotated[str, typer.Option(help="Who imports.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a file of points; the same file again adds nothing, a newer one updates by identifier."""
    options = Options(encoding, _mapping(columns or [], kind), crs)
    outcome = add_points(study, file, kind, profile_of(study), options, by, dry_run)
    if as_json:
        typer.echo(json.dumps(outcome.as_dict(), ensure_ascii=False, indent=2))
        return
    reading, zh = outcome.reading, language() == "zh"
    typer.echo(f"{reading.raw.name}: {reading.raw.format}, {reading.raw.encoding}")
    for name, column in reading.mapping.items():
        typer.echo(f"  {name} ← {column}")
    if reading.verdict is not None:
        typer.echo(reading.verdict.text.pick(language()))
    for row in reading.findings.itertuples():
        typer.echo(
            f"  {row.row or '-'}  {row.column}  {pick(row.problem, language())} → {pick(row.action, language())}"
        )
    done = Text(
        f"共 {reading.rows} 行：新增 {outcome.added}，更新 {outcome.updated}，未变 {outcome.unchanged}，"
        f"未采用 {reading.refused}，存疑 {reading.doubted}",
        f"{reading.rows} rows: {outcome.added} new, {outcome.updated} updated, {outcome.unchanged} unchanged, "
        f"{reading.refused} left out, {reading.doubted} doubted",
    )
    stored = ("试运行，未写入" if zh else "dry run, nothing stored") if dry_run else outcome.import_id or "-"
    typer.echo(f"{done.pick(language())}  [{stored}]")


def _mapping(columns: list[str], kind: str) -> dict[str, str]:
    mapping = {}
    for word in columns:
        column, found, name = word.rpartition("=")
        if not found or name not in fields_of(kind):
            raise typer.BadParameter(f"--map takes COLUMN=FIELD; the fields are {', '.join(fields_of(kind))}")
        mapping[name] = column
    return mapping


@app.command("imports", epilog="Example: `jiexu imports anyang.gpkg --remove I0002`")
@_speaks
def list_imports(
    study: Study,
    remove: Annotated[str | None, typer.Option(metavar="ID", help="Remove this import as a whole.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the imports, or remove one as a whole."""
    if remove is not None:
        gone = remove_import(study, remove)
        _say(Text(f"已移除 {remove}：{gone} 行", f"{remove} is removed: {gone} rows"))
    imports = pd.DataFrame(read_layer(study, "imports"))
    if as_json:
        typer.echo(imports.to_json(orient="records", date_format="iso", force_ascii=False, indent=2))
        return
    for row in imports.itertuples():
        typer.echo(
            f"{row.import_id}  {row.at:%Y-%m-%d %H:%M}  {row.by or '-'}  {row.kind}  {row.file}  {row.crs or '-'}  "
            f"rows {row.rows}, new {row.added}, updated {row.updated}, left out {row.refused}, doubted {row.doubted}"
        )


@app.command(epilog="Example: `jiexu rules nyc --explain clearance.corner`")
@_speaks
def rules(
    profile: Annotated[
        str, typer.Argument(metavar="[PROFILE]", help=f"One of {', '.join(PROFILES)}, or a YAML file.")
    ] = "china",
    explain: Annotated[
        str | None, typer.Option(metavar="PARAM", help="Only this parameter, or all below it, with source and note.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a profile: every parameter with value, unit, status and source."""
    loaded = load_profile(profile)
    leaves = loaded.below(explain) if explain else loaded.leaves
    if as_json:
        document = {"name": loaded.name, "hash": loaded.hash, "parameters": {k: asdict(v) for k, v in leaves.items()}}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{loaded.name} {loaded.hash}")
    for path, leaf in leaves.items():
        value = ", ".join(map(str, leaf.value)) if isinstance(leaf.value, list) else leaf.value
        typer.echo(f"{path} = {value} {leaf.unit}  [{leaf.status}] {leaf.source}")
        if explain:
            for name, more in (
                ("since", leaf.since),
                ("note", leaf.note),
                ("rule", _rule(path) if _named(path) else ""),
            ):
                if more:
                    typer.echo(f"  {name}: {more}")


def _named(rule: str) -> bool:
    return rule in RULE_NAMES


def _rule(rule: str) -> str:
    """Return what a rule is called, for reading."""
    return RULE_NAMES[rule].pick(language()) if _named(rule) else rule


@app.command(epilog="Example: `jiexu stalls anyang.gpkg --rules our-city.yaml`")
@_speaks
def stalls(
    study: Study,
    rules: Annotated[
        str | None, typer.Option(help="A profile or a YAML file, the study's from then on; by default what it has.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute where stalls may stand: kerbs, exclusions, zones, displays; and judge the stalls."""
    summary = plan_stalls(study, load_profile(rules) if rules else None)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    zh = language() == "zh"
    typer.echo(f"{summary['profile']['name']} {summary['profile']['hash']}  {summary['moment']}")
    head = ("路缘全长", "米", "摊位") if zh else ("all kerbs", "m", "pitches")
    typer.echo(f"{summary['kerb_km'] * 1000:>12,.0f} {head[1]}  {head[0]}")
    for rule, metres in summary["metres_lost"].items():
        typer.echo(
            f"{-metres:>12,.0f} {head[1]} {-summary['pitches_lost'][rule]:>8,} {head[2]}  {_rule(rule)}  ({rule})"
        )
    left = "剩余可用" if zh else "left"
    typer.echo(f"{summary['free_m']:>12,.0f} {head[1]} {summary['pitches_at_moment']:>8,} {head[2]}  {left}")
    typer.echo(
        Text(
            f"摊区 {summary['zones']} 处；摊点：可设 {summary['stalls']['allowed']}，"
            f"其他时段可设 {summary['stalls']['other_hours']}，不可设 {summary['stalls']['forbidden']}；"
            f"可外摆店铺 {summary['displays']} 家",
            f"{summary['zones']} zones; stalls: {summary['stalls']['allowed']} allowed, "
            f"{summary['stalls']['other_hours']} at other hours, {summary['stalls']['forbidden']} forbidden; "
            f"{summary['displays']} shops may display",
        ).pick(language())
    )


@app.command(epilog="Example: `jiexu check anyang.gpkg --lon 114.352 --lat 36.103 --at 2026-05-01T19:00`")
@_speaks
def check(
    study: Study,
    lon: Annotated[float, typer.Option(help="Longitude in degrees, WGS 84.")],
    lat: Annotated[float, typer.Option(help="Latitude in degrees, WGS 84.")],
    at: Annotated[str | None, typer.Option(metavar="TIME", help="A moment (2026-05-01T19:00); by default now.")] = None,
    kind: Annotated[Kind, typer.Option(help="What would stand there.")] = "stall",
    as_json: AsJson = False,
) -> None:
    """Ask whether a stall or a display may stand at a place at a moment, under which rules, and where else."""
    answer = check_place(study, lon, lat, _moment(at), kind)
    if as_json:
        typer.echo(json.dumps(answer._asdict(), ensure_ascii=False, indent=2))
        return
    zh = language() == "zh"
    street = answer.name or ("无名道路" if zh else "unnamed street")
    typer.echo(f"{VERDICT_NAMES[answer.verdict].pick(language())}  {street} ({answer.segment_id} {answer.side})")
    if answer.hours:
        typer.echo(f"{'时段' if zh else 'hours'}: {answer.hours}")
    for rule in answer.rules:
        says = {"forbids": Text("禁止", "forbids"), "allows": Text("允许", "allows")}[rule["says"]].pick(language())
        typer.echo(
            f"  {says}  {_rule(rule['id'])} ({rule['id']})  {rule['hours']}  {rule['distance_m']:.1f} m  "
            f"{rule['cause_id'] or ''}  {rule['source']}"
        )
    if answer.nearest:
        there = answer.nearest
        name = there["name"] or there["street_id"]
        typer.echo(
            Text(
                f"最近可设处：{name}，步行 {there['walk_m']:.0f} 米，{there['at']} 起，{there['hours']}",
                f"nearest place: {name}, {there['walk_m']:.0f} m on foot, from {there['at']}, {there['hours']}",
            ).pick(language())
        )


def _moment(text: str | None) -> dt.datetime | None:
    """Return a moment on the study's clock."""
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("--at takes a time like 2026-05-01T19:00") from error
    return moment if moment.tzinfo is None else moment.astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None)


@app.command(epilog="Example: `jiexu bays anyang.gpkg --night --set clearance.crossing=10 --out bays.dxf`")
@_speaks
def bays(
    study: Study,
    streets: Annotated[str | None, typer.Option(help="Only these streets: names or ids between commas.")] = None,
    night: Annotated[bool, typer.Option("--night", help="Night-time bays too, where there is no room by day.")] = False,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="PARAM=VALUE", help="Another value of a rule, for this run.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"A drawing (.dxf), a schedule (.xlsx), or {', '.join(SUFFIXES)}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Place parking bays along the kerbs, and say how many fit and what each rule costs."""
    profile = profile_of(study)
    if changes:
        profile = profile.changed(profile.read(changes), f"{profile.name}+")
    chosen = [find_street(study, name.strip()) for name in streets.split(",")] if streets else None
    summary = plan_bays(study, profile, chosen, night)
    if out is not None:
        rows = write_bays(study, out)
        _say(Text(f"{out}：{rows} 行", f"{out}: {rows} rows"))
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    for rule, metres in summary["metres_lost"].items():
        typer.echo(f"{-metres:>12,.0f} m {-summary['bays_lost'][rule]:>8,}  {_rule(rule)}  ({rule})")
    typer.echo(f"{summary['free_m']:>12,.0f} m")
    likely = summary["capacity"]["all_day"]
    placed = summary["bays"]
    typer.echo(
        Text(
            f"泊位：全天 {placed['all_day']}，夜间 {placed['night']}，其中无障碍 {summary['accessible']}；"
            f"全市可容（按宽度误差）{likely['low']}–{likely['likely']}–{likely['high']}",
            f"bays: {placed['all_day']} all day, {placed['night']} at night, {summary['accessible']} of them "
            f"accessible; the whole study takes {likely['low']} to {likely['high']} (likely {likely['likely']}), by "
            "how far guessed widths may be off",
        ).pick(language())
    )


@app.command("guide", epilog="Example: `jiexu guide anyang.gpkg --json`")
@_speaks
def guide_them(study: Study, as_json: AsJson = False) -> None:
    """Send stalls that stand in the way to zones and market halls with room, with the least walking for all."""
    document = guidance_document(guide_stalls(study))
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for move in document["moves"]:
        walk = "" if move["walk_m"] is None else f"{move['walk_m']:.0f} m"
        typer.echo(f"{move['stall_id']} → {move['to_kind']} {move['to_id'] or ''}  {walk}  ({move['reason']})")
    typer.echo(
        Text(
            f"共安置 {document['moved']} 个，无处安置 {document['without_place']} 个；总步行 "
            f"{document['total_walk_m']:,.0f} 米（与最优解之差不超过 {document['proven_gap_m']:.3f} 米）",
            f"{document['moved']} moved, {document['without_place']} without a place; "
            f"{document['total_walk_m']:,.0f} m of walking in all (at most {document['proven_gap_m']:.3f} m above the "
            "least possible)",
        ).pick(language())
    )
    for row in document["shortage"]:
        typer.echo(
            Text(
                f"  {row['name'] or row['street_id']}：缺摊位 {row['pitches']}，缺入市（厅）位 {row['hall_places']}",
                f"  {row['name'] or row['street_id']}: {row['pitches']} pitches and {row['hall_places']} places in "
                "market halls are missing",
            ).pick(language())
        )


@app.command(epilog='Example: `jiexu zone anyang.gpkg --reject Z123-0L45 --reason "盲道"`')
@_speaks
def zone(
    study: Study,
    reason: Annotated[str, typer.Option(help="Why.")],
    accept: Annotated[str | None, typer.Option(metavar="ID", help="The zone to accept.")] = None,
    reject: Annotated[str | None, typer.Option(metavar="ID", help="The zone to reject.")] = None,
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
) -> None:
    """Accept or reject a zone by a decision; it is kept through every new plan and rebuild."""
    if (accept is None) == (reject is None):
        raise typer.BadParameter("give one of --accept ID or --reject ID")
    decision = decide_zone(study, str(accept or reject), accept is not None, reason, by)
    _say(Text(f"已记录决定 {decision}", f"Decision {decision} is recorded"))


@app.command(epilog='Example: `jiexu steps anyang.gpkg --record J012 --reason "现场教育"`')
@_speaks
def steps(
    study: Study,
    operator: Annotated[
        str | None, typer.Option("--record", metavar="OPERATOR", help="The step due with this operator was taken.")
    ] = None,
    reason: Annotated[str, typer.Option(help="What was said or done, for --record.")] = "",
    by: Annotated[str, typer.Option(help="Who did it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List which step of the graduated response is due with which operator, or record one as taken."""
    if operator is not None:
        decision, step = record_step(study, operator, reason, by)
        name = STEP_NAMES[step]
        _say(Text(f"已记录决定 {decision}：{name.zh}", f"Decision {decision} is recorded: {name.en}"))
    due = steps_due(read_layer(study, "stalls"), read_layer(study, "decisions"), profile_of(study))
    if as_json:
        typer.echo(due.to_json(orient="records", force_ascii=False, indent=2))
        return
    for row in due.itertuples():
        flag = Text(" [困难群体]", " [hardship]").pick(language()) if row.hardship else ""
        typer.echo(
            f"{row.operator_id}{flag}  {STEP_NAMES[row.step].pick(language())}  "
            f"{row.offences + row.recorded} {'次' if language() == 'zh' else 'earlier'}  {row.stall_ids}"
        )


@app.command(epilog="Example: `jiexu export anyang.gpkg --layer streets --to streets.geojson`")
@_speaks
def export(
    study: Study,
    layer: Annotated[str, typer.Option(help=f"One of {', '.join(LAYERS)}.")],
    to: Annotated[Path, typer.Option(help=f"The file to write; its suffix says how: {', '.join(SUFFIXES)}.")],
) -> None:
    """Write one layer to a file."""
    rows = export_layer(study, layer, to)
    _say(Text(f"{to}：{rows} 行", f"{to}: {rows} rows"))


@app.command(epilog="Example: `jiexu serve anyang.gpkg --port 8501`")
@_speaks
def serve(
    study: Annotated[
        Path | None, typer.Argument(metavar="[STUDY.gpkg]", help="By default the sample.", show_default=False)
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    host: Annotated[str, typer.Option(help="0.0.0.0 lets other computers in.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open a study in the browser."""
    if study is None:
        study = SAMPLE_STUDY
        if not study.exists() or about(study, older=True)["format"] != FORMAT:
            _say(Text("正在生成示例研究…", "Making the sample study …"))
            _build(study, write_sample(study.parent / "sample-data"))
            plan_stalls(study)
            plan_bays(study, night=True)
    about(study)  # refuses a file that is no study before a server starts on it
    os.environ["JIEXU_STUDY"] = str(study.resolve())
    from streamlit_app import run  # noqa: PLC0415 (Streamlit takes a second to load: only this verb waits for it)

    run(host, port, browser)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
