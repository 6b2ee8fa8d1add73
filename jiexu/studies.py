"""Build a study, print its figures, export its layers, open it in the browser."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.core.extents import Extent
from geo.core.text import Text
from geo.core.vocabulary import KINDS, TIER_NAMES
from geo.rules.loader import PROFILES, load_profile
from geo.streets.download import DEFAULT_OVERPASS, download_area, download_place, tags_by_key
from geo.study.documents import FiguresDocument, PlaceDocument
from geo.study.export_formats import SUFFIXES
from geo.study.figures import info
from geo.study.file import FORMAT, about
from geo.study.schema import LAYERS
from jiexu.language import language
from jiexu.shared import AsJson, NewKey, Study, bad_option, errors_as_messages, print_document, say, say_written

if TYPE_CHECKING:
    import shapely

    from geo.build import Inputs
    from geo.points.reading import PointKind

app = typer.Typer()

_SAMPLE_SUPERVISORS = 10
_BOX = re.compile(r"\s*" + r"\s*,\s*".join([r"([-+]?\d+(?:\.\d+)?)"] * 4) + r"\s*")


@app.command(epilog="Example: `jiexu sample sample-data`")
@errors_as_messages
def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the files.", show_default=False)],
) -> None:
    """Write the sample inputs: central Helsinki, and synthetic points marked as such."""
    from geo.sample import write_sample  # noqa: PLC0415 (verbs load what they need: some libraries take seconds)

    write_sample(folder)
    say(
        Text(
            f"示例数据已写入 {folder}（点位均为合成数据）",
            f"The sample inputs are in {folder} (all points are synthetic)",
        )
    )


@app.command(epilog="Example: `jiexu build anyang.gpkg --osm anyang.osm.pbf --tiers 名单.xlsx --complaints 投诉.csv`")
@errors_as_messages
def build(
    study: Study,
    osm: Annotated[Path | None, typer.Option(help="An extract: .osm.pbf, .osm, .osm.gz or .osm.bz2.")] = None,
    place: Annotated[str | None, typer.Option(help="Download the area of this name through OSMnx.")] = None,
    bbox: Annotated[str | None, typer.Option(metavar="W,S,E,N", help="Download this box, in degrees.")] = None,
    boundary: Annotated[
        str | None,
        typer.Option(metavar="FILE|W,S,E,N", help="Polygons, or a box in degrees: keep the streets that touch them."),
    ] = None,
    tiers: Annotated[Path | None, typer.Option(help="The official list: CSV or XLSX of street and tier.")] = None,
    complaints: Annotated[Path | None, typer.Option(help="Complaints: CSV or XLSX.")] = None,
    stalls: Annotated[Path | None, typer.Option(help="Stalls: CSV or XLSX.")] = None,
    parking: Annotated[Path | None, typer.Option(help="Parking: CSV or XLSX.")] = None,
    quarters: Annotated[Path | None, typer.Option(help="Polygons: the city's quarters (社区, 街道).")] = None,
    quarters_layers: Annotated[
        list[str] | None,
        typer.Option("--quarters-layer", metavar="NAME", help="A layer of that file; by default all of areas."),
    ] = None,
    widths: Annotated[Path | None, typer.Option(help="Surveyed widths: street, from, to, width.")] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The clock (Asia/Urumqi); by default the place's.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CODE", help="Country or region (CN, HK, GB); by default by the place.")
    ] = None,
    rules: Annotated[str, typer.Option(help=f"A profile ({', '.join(PROFILES)}) or a YAML file.")] = "china",
    overpass: Annotated[
        str, typer.Option(envvar="JIEXU_OVERPASS", help="The Overpass server for --place and --bbox.")
    ] = DEFAULT_OVERPASS,
    new_key: NewKey = False,
) -> None:
    """Build a study, or rebuild it; decisions and their tiers are kept."""
    from geo.build import Inputs  # noqa: PLC0415

    if sum(source is not None for source in (osm, place, bbox)) != 1:
        raise bad_option(
            Text(
                "请给出 --osm 文件、--place 地名、--bbox 西,南,东,北 之一",
                "give one of --osm FILE, --place NAME or --bbox W,S,E,N",
            )
        )
    source = ""
    if osm is None:
        profile = load_profile(rules)
        tags = tags_by_key({**profile.group("facilities.kinds"), **profile.group("context.kinds")})
        say(Text("正在下载 OSM 数据…", "Downloading from OpenStreetMap …"))
        if place is not None:
            osm, source = download_place(place, tags, overpass), place
        else:
            osm, source = download_area(_box(str(bbox)), tags, overpass), f"bbox {bbox}"
    files: dict[PointKind, Path | None] = {"complaints": complaints, "stalls": stalls, "parking": parking}
    points = {kind: file for kind, file in files.items() if file is not None}
    layers, bounds = tuple(quarters_layers or ()), _boundary(boundary)
    inputs = Inputs(osm, source, bounds, tiers, points, rules, quarters, widths, timezone, country, new_key, layers)
    _build(study, inputs)
    figures = info(study)
    say(
        Text(
            f"{study}：{figures['layers']['streets']} 条街道，待核实问题 {figures['layers']['findings']} 条",
            f"{study}: {figures['layers']['streets']} streets, {figures['layers']['findings']} findings",
        )
    )


def _build(study: Path, inputs: Inputs) -> None:
    """Build with a progress bar on standard error."""
    from tqdm import tqdm  # noqa: PLC0415

    from geo.files.reading_apart import warm  # noqa: PLC0415

    warm()  # while the rest is loaded
    from geo.build import STEPS, build_study  # noqa: PLC0415

    with tqdm(total=STEPS, file=sys.stderr, bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} {desc}", leave=False) as bar:

        def on_step(step: Text) -> None:
            bar.set_description_str(step.pick(language()), refresh=False)
            bar.update(1)

        build_study(study, inputs, on_step)


def _boundary(given: str | None) -> Path | Extent | None:
    """Return a boundary's file, or its box; one across the antimeridian has a west greater than its east."""
    numbers = _BOX.fullmatch(given or "")
    if given is None or numbers is None:
        return None if given is None else Path(given)
    west, south, east, north = map(float, numbers.groups())
    if max(abs(west), abs(east)) > 180 or not -90 <= south < north <= 90 or west == east:
        raise bad_option(
            Text(
                "--boundary 的方框须为度数：西,南,东,北，且南 < 北",
                "a box of --boundary is W,S,E,N in degrees with S < N",
            )
        )
    return west, south, east, north


def _box(bbox: str) -> shapely.Polygon:
    import shapely  # noqa: PLC0415

    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise bad_option(Text("--bbox 须为四个数：西,南,东,北", "--bbox takes four numbers: W,S,E,N")) from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise bad_option(Text("--bbox 须为度数，且西 < 东、南 < 北", "--bbox takes degrees with W < E and S < N"))
    return shapely.box(west, south, east, north)


@app.command("info", epilog="Example: `jiexu info anyang.gpkg --json`")
@errors_as_messages
def show_info(study: Study, as_json: AsJson = False) -> None:
    """Print a study's figures: rows, kilometres and points per tier, extent, rules, findings."""
    figures = info(study)
    if as_json:
        print_document(figures)
    else:
        typer.echo(_table(figures))


def _table(figures: FiguresDocument) -> str:
    made_up = [kind for kind, count in figures["synthetic"].items() if count]
    lines = [
        f"{figures['study']}  OSM {(figures['osm_date'] or '?')[:10]}  {figures['metric_crs']}  "
        f"{figures['profile']['name']} {figures['profile']['hash']}",
        _labelled(Text("范围", "extent")) + ", ".join(f"{value:.5f}" for value in figures["extent"]),
        _labelled(Text("长度误差", "scale error")) + _scale_line(figures["scale_error"]),
        _place_line(figures["place"]),
        "",
        f"{'tier':<16}{'km':>10}{'complaints/km':>15}{'stalls':>9}{'parking':>9}",
    ]
    for tier, row in figures["per_tier"].items():
        rate = "-" if row["complaints_per_km"] is None else f"{row['complaints_per_km']:.2f}"
        lines.append(
            f"{tier:<16}{row['km']:>10.2f}{rate:>15}{row['stalls']:>9}{row['parking']:>9}  "
            f"{TIER_NAMES[tier].pick(language())}"
        )
    by_source = ", ".join(f"{name} {km:.2f}" for name, km in figures["streets_km"]["tier_source"].items())
    lines += ["", _labelled(Text("各等级来源里程（公里）", "km by source")) + by_source]
    lines.append(_labelled(Text("行数", "rows")) + _counts(figures["layers"]))
    if figures["findings"]:
        lines.append(_labelled(Text("待核实问题", "findings")) + _counts(figures["findings"]))
    if made_up:
        lines.append(_labelled(Text("合成数据", "synthetic data")) + ", ".join(made_up))
    return "\n".join([*lines, figures["credit"]])


def _scale_line(error: float | None) -> str:
    """Return the worst error of lengths in one line."""
    if error is None:
        return Text("范围过广，无上限", "without bound, the extent is too wide").pick(language())
    return Text(f"范围内最大 {error:.3%}", f"lengths are right to {error:.3%} within the extent").pick(language())


def _labelled(label: Text) -> str:
    """Return the beginning of a line, in the reader's language."""
    return Text(f"{label.zh}：", f"{label.en}: ").pick(language())


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _place_line(place: PlaceDocument) -> str:
    """Return a study's place in the world in one line."""
    sides = {"left": Text("靠左行驶", "drives on the left"), "right": Text("靠右行驶", "drives on the right")}
    known = [place["region"] or place["country"], place["timezone"], place["national_grid"]]
    known += [sides[place["drives_on"]].pick(language()), place["calendar"]["text"][language()]]
    return _labelled(Text("所在地", "place")) + ", ".join(filter(None, known))


@app.command(epilog="Example: `jiexu export anyang.gpkg --layer streets --to streets.geojson`")
@errors_as_messages
def export(
    study: Study,
    layer: Annotated[str, typer.Option(help=f"One of {', '.join(LAYERS)}.")],
    to: Annotated[Path, typer.Option(help=f"The file to write; its suffix gives the format: {', '.join(SUFFIXES)}.")],
    crs: Annotated[
        str | None,
        typer.Option(help="EPSG code, `grid` (the national grid) or `metric`; by default WGS 84."),
    ] = None,
) -> None:
    """Write one layer to a file."""
    from geo.study.export import export_layer  # noqa: PLC0415

    say_written(to, export_layer(study, layer, to, crs), study, layer)


@app.command(epilog="Example: `jiexu serve anyang.gpkg --port 8501`")
@errors_as_messages
def serve(
    study: Annotated[
        Path | None,
        typer.Argument(
            metavar="[STUDY.gpkg]",
            help="A study, or a folder of studies; by default the sample.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8501,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 accepts other computers: they must sign in.")
    ] = "127.0.0.1",
    sign_in: Annotated[
        bool | None,
        typer.Option("--sign-in/--no-sign-in", help="Whether to sign in; by default where others reach the address."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name of this server; repeatable."),
    ] = None,
    base_path: Annotated[
        str, typer.Option(metavar="/PATH", help="Before all addresses, behind a proxy at a sub-path.")
    ] = "",
    certificate: Annotated[Path | None, typer.Option(help="The certificate (PEM) for https.")] = None,
    key: Annotated[Path | None, typer.Option(help="The key (PEM) of the certificate.")] = None,
    online_bases: Annotated[
        bool, typer.Option("--online-bases", help="Offer OpenStreetMap, Tianditu and AMap as base maps.")
    ] = False,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open a study, or a folder of studies, in the browser; other computers sign in (`jiexu users`)."""
    from dashboards.access.settings import (  # noqa: PLC0415
        BASES,
        Settings,
        checked,
        is_loopback,
        own_hosts,
        plain_base,
        with_file,
    )

    if study is None:
        from dashboards.session.served_study import SAMPLE_STUDY  # noqa: PLC0415

        study = SAMPLE_STUDY
        if not study.exists() or about(study, older=True)["format"] != FORMAT:
            _make_sample(study)
    if not study.is_dir():
        about(study)  # refuses a file that is no study before a server starts on it
    settings = with_file(
        Settings(
            folder=study.resolve() if study.is_dir() else study.resolve().parent,
            host=host,
            port=port,
            sign_in=not is_loopback(host) if sign_in is None else sign_in,
            open_to_others=sign_in is False,
            hosts=(*own_hosts(host), *(each.lower() for each in allow_host or ())),
            base_path=plain_base(base_path),
            certificate=certificate,
            key=key,
            bases=tuple(BASES) if online_bases else (),
        )
    )
    os.environ["JIEXU_STUDY"] = str(study.resolve())
    from streamlit_app import run  # noqa: PLC0415

    run(checked(settings), browser)


def _make_sample(study: Path) -> None:
    """Build the sample study, with everything computed that the pages show."""
    from geo.complaints.patrol_study import plan_patrols  # noqa: PLC0415
    from geo.complaints.study import find_hotspots  # noqa: PLC0415
    from geo.facilities.coverage_study import cover  # noqa: PLC0415
    from geo.parking.study import plan_bays  # noqa: PLC0415
    from geo.sample import write_sample  # noqa: PLC0415
    from geo.stalls.study import plan_stalls  # noqa: PLC0415

    say(Text("正在生成示例研究…", "Making the sample study …"))
    _build(study, write_sample(study.parent / "sample-data"))
    plan_stalls(study)
    plan_bays(study, night=True)
    find_hotspots(study)
    plan_patrols(study, _SAMPLE_SUPERVISORS)
    for kind in KINDS:
        cover(study, kind)
