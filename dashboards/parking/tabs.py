"""The tabs of the page Parking: bays by street and quarter, need, agreement with the map, rules to try, widths."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboards.parking import inventory
from dashboards.parking.drawings import drawing_button
from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import rule_name, tier_name
from dashboards.shared import conflicts, rule_inputs
from dashboards.shared.signing import may, signature
from dashboards.shared.widgets import show_error, table
from geo.core.databases import utc_text
from geo.core.errors import InputError, JiexuError
from geo.core.text import pick
from geo.jobs.queue import Queue
from geo.parking.decisions import PlacedAnewError, adopt_bays
from geo.parking.documents import BaysDocument
from geo.parking.files import schedule, write_bays
from geo.parking.mapped import CAUSE_NAMES
from geo.parking.room import BayHours
from geo.study.conflicts import ConflictError, Theirs
from geo.study.file import about
from geo.study.results import Known
from geo.study.versions import version_key
from geo.tiers.study import add_widths

_FIRST: Final = ("bay.length", "clearance.crossing", "bay.min_carriageway_width.one_side_two_way")
_GROUPS: Final = ("bay", "clearance", "fire_lane")
_CHECKED: Final = (".csv", ".xlsx", ".xls", ".txt")


def tabs(hours: BayHours, bays: pd.DataFrame, known: Known[BaysDocument]) -> None:
    """Draw the tabs."""
    names = [
        _("Bays by street"),
        _("By quarter"),
        _("Parking demand"),
        _("Against mapped parking"),
        _("Parking inventory"),
        _("What if"),
        _("Surveyed widths"),
    ]
    by_street, by_quarter, need, mapped, there, what_if, widths = st.tabs(names)
    with by_street:
        _schedule(bays)
    with by_quarter:
        _quarters(bays)
    with need:
        _choice(known)
        _need()
    with mapped:
        _agreement(known)
    with there:
        inventory.inventory()
    with what_if:
        _what_if(hours)
    with widths:
        _widths()


def _schedule(bays: pd.DataFrame) -> None:
    if bays.empty:
        st.caption(_("Nothing to show."))
        return
    rows = schedule(bays, pd.DataFrame(cache.layer("streets").drop(columns="geometry")))
    table(
        pd.DataFrame(
            {
                _("Street"): rows["name"].fillna(_("Unnamed street")),
                _("Tier"): rows["tier"].map(tier_name),
                _("All day"): rows["all_day"],
                _("At night"): rows["night"],
                _("Accessible"): rows["accessible"],
                _("Width from"): rows["width_source"].map(_sources),
                "id": rows["street_id"],
            }
        ),
        "bays",
        "bays-table",
        height=360,
    )
    drawing_button(write_bays, "bays", "bays", "bays-dxf")
    _record(bays)


def _record(bays: pd.DataFrame) -> None:
    """Offer to record the placed bays as decided."""
    seen = conflicts.seen("bays-adopt")
    version = conflicts.looked("bays-version", _version())
    count = int(conflicts.looked("bays-count", str(len(bays))) or 0)
    if kept := st.session_state.pop("bays-saved", None):
        st.success(_("{count:,} decisions are recorded, one for each street.").format(count=kept))
    if conflicts.both("bays-adopt"):
        return
    with st.popover(_("Record these bays as decided"), icon=":material/gavel:"):
        reason = st.text_input(_("Reason"), key="bays-reason")
        by = signature(key="bays-by")
        if not st.button(_("Save the decision"), type="primary", key="bays-adopt", disabled=not may("decide")):
            return
    placed = [version]

    def decide(why: str, seen: str | None, _theirs: Sequence[Theirs]) -> str:
        try:
            return str(len(adopt_bays(study_path(), why, by, seen, placed[0])))
        except PlacedAnewError as error:
            placed[0] = _version()
            raise ConflictError([_placed_anew(count, error.count, seen)]) from error

    def saved(recorded: str) -> None:
        st.session_state["bays-saved"] = int(recorded)

    def outcome() -> tuple[str, str]:
        return "", _("{count:,} bays").format(count=len(cache.layer("bays")))

    conflicts.attempt(conflicts.Attempt("bays-adopt", reason, by, outcome, decide, saved), seen)


def _version() -> str:
    return about(study_path()).get(version_key("bays"), "")


def _placed_anew(before: int, after: int, seen: str | None) -> Theirs:
    """Return the new placement of bays as a colleague's act: by the queue, where they were placed in the background."""
    path = study_path().absolute()
    job = next((job for job in Queue(path.parent).jobs(path.name) if job.work == "bays" and job.state == "done"), None)
    by, at = (job.by, job.ended_at) if job is not None and job.ended_at else ("", utc_text())
    was, now = (_("{count:,} bays").format(count=count) for count in (before, after))
    title = _("Bays were placed anew")
    return Theirs(seen or "", "bays", at, by, title, "bays", title, None, was, now, None, "")


def _sources(text: str) -> str:
    names = {
        "tag": _("tag"),
        "lanes": _("lanes"),
        "default": _("estimated by class"),
        "mapped": _("mapped kerb"),
        "survey": _("survey"),
    }
    return ", ".join(names.get(part, part) for part in text.split(", "))


def _quarters(bays: pd.DataFrame) -> None:
    quarters = pd.DataFrame(cache.layer("quarters").drop(columns="geometry"))
    counts = pd.crosstab(bays["quarter_id"], bays["hours"]).reindex(columns=["all_day", "night"], fill_value=0)
    rows = quarters.merge(counts, left_on="quarter_id", right_index=True)
    rows = rows.sort_values("all_day", ascending=False)
    table(
        pd.DataFrame(
            {
                _("Quarter"): rows["quarter_id"] + " " + rows["name"].fillna(""),
                _("All day"): rows["all_day"],
                _("At night"): rows["night"],
            }
        ),
        "bays-by-quarter",
        "bays-quarters",
        height=320,
    )
    if (quarters["source"] == "streets").any():
        st.caption(
            _("No quarters are mapped here: these are the blocks between main streets, named after the streets.")
        )


def _choice(known: Known[BaysDocument]) -> None:
    """Draw the need of each street, the bays that it got, and why no more."""
    if known.summary is None or not known.summary.get("choice", {}).get("streets"):
        return
    choice = known.summary["choice"]
    rows = pd.DataFrame(choice["streets"])
    st.markdown("**" + (_("Bays chosen for the night") if choice["period"] == "night" else _("Bays chosen")) + "**")
    table(
        pd.DataFrame(
            {
                _("Street"): rows["name"].fillna(_("Unnamed street")),
                _("Cars"): rows["cars"],
                _("Spaces now"): rows["spaces"],
                _("Bays needed"): rows["need"],
                _("Bays given"): rows["bays"],
                _("Why no more"): [pick(reason, current_language()) for reason in rows["reason"]],
                "id": rows["street_id"],
            }
        ),
        "bay-choice",
        "bay-choice-table",
        height=320,
    )


def _need() -> None:
    need = pd.DataFrame(cache.layer("parking_need").drop(columns="geometry"))
    selected = state.selected()
    if selected:
        need = need[need["street_id"].isin(selected)]
    need = need.sort_values("demand_night", ascending=False)
    table(
        pd.DataFrame(
            {
                _("Street"): need["street_id"].map(cache.street_names()).fillna(_("Unnamed street")),
                _("Cars by day"): need["demand_day"],
                _("Cars per space by day"): need["pressure_day"],
                _("Cars at night"): need["demand_night"],
                _("Cars per space at night"): need["pressure_night"],
                _("Bays placed"): need["bays"],
                _("Cars relieved"): need["relieved"],
            }
        ),
        "parking-need",
        "parking-need-table",
        height=360,
    )
    profile = cache.profile()
    st.caption(
        _(
            "Estimated from the floor area of buildings ({day} and {night} cars per 100 m² of homes by day and "
            "night, {own:.0%} of them with a space of their own) and complaints of illegal parking; spaces within"
            " {within:.0f} m on foot count, shared among the cars in reach. These rates are assumptions: count a "
            "quarter by hand and set the rules need.* accordingly."
        ).format(
            day=profile["need.cars_per_100m2.dwelling_day"],
            night=profile["need.cars_per_100m2.dwelling_night"],
            own=profile["need.own_space"],
            within=profile["need.within"],
        )
    )


def cause_name(cause: str) -> str:
    """Return why the study and the map differ, in words."""
    return CAUSE_NAMES[cause].pick(current_language()) if cause in CAUSE_NAMES else rule_name(cause)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _agreement(known: Known[BaysDocument]) -> None:
    if known.summary is None or known.summary["agreement"]["kerbs_mapped"] == 0:
        st.caption(_("OpenStreetMap maps no kerbside parking here."))
        return
    found = known.summary["agreement"]
    for column, (label, value) in zip(
        st.columns(4),
        (
            (_("Share of proposed kerb that OSM maps as parking"), _share(found["precision"])),
            (_("Share of mapped parking kerb with proposed bays"), _share(found["recall"])),
            (_("Cars: bays / mapped"), f"{found['cars']['study']:,} / {found['cars']['mapped']:,}"),
            (_("Kerbs compared"), f"{found['kerbs_mapped']:,} / {found['kerbs']:,}"),
        ),
        strict=True,
    ):
        column.metric(label, value, border=True)
    sides = {"study": _("Bays fit, none are mapped"), "mapped": _("Mapped, but no bay fits")}
    left, right = st.columns(2)
    causes = [
        (sides[status], cause_name(cause), round(metres))
        for status, sums in found["causes"].items()
        for cause, metres in sums.items()
    ]
    with left:
        st.markdown("**" + _("Causes of the differences") + "**")
        table(
            pd.DataFrame(causes, columns=[_("Difference"), _("Cause"), _("Metres")]), "parking-causes", "parking-causes"
        )
    with right:
        st.markdown("**" + _("The largest differences") + "**")
        largest = [
            (
                row["street"] or _("Unnamed street"),
                round(row["length_m"]),
                sides[row["status"]],
                cause_name(row["cause"]),
            )
            for row in found["largest"]
        ]
        columns = [_("Street"), _("Metres"), _("Difference"), _("Cause")]
        table(pd.DataFrame(largest, columns=columns), "parking-largest", "parking-largest")


def _what_if(hours: BayHours) -> None:
    values: dict[str, Any] = rule_inputs.changed_values("bays", _GROUPS, _FIRST)
    if not values:
        st.caption(_("Change a value to see the bays gained and lost against the study's rules."))
        return
    try:
        cache.profile().changed(values)
        tried = cache.placed_bays(hours, rule_inputs.frozen(values))
    except JiexuError as error:
        show_error(error)
        return
    counts = [each.groupby("street_id").size() for each in (cache.placed_bays(hours), tried)]
    rule_inputs.compare(
        counts[0], counts[1], _("Bays that fit"), _("Bays now"), _("Bays after the change"), "bays-what-if"
    )


def _widths() -> None:
    """Import a file of surveyed widths, and show the widths in the study."""
    if done := st.session_state.pop("widths-added", None):
        km = _("{km:.1f} km of streets have a surveyed width now.").format(km=done["km"])
        st.success(_("{rows:,} rows read.").format(rows=done["rows"]) + " " + km, icon=":material/check:")
        for finding in done["findings"]:
            place = _("Row {row}").format(row=finding["row"]) if finding["row"] else ""
            problem, action = (pick(finding[part], current_language()) for part in ("problem", "action"))
            st.text(f"{place}  {problem} → {action}")
    st.caption(
        _(
            "Most widths are estimated from the road's class. A table of surveyed widths (street, from, to, width"
            " in metres) overrides them, here and in the tiers' scores, and is kept through every rebuild."
        )
    )
    number = st.session_state.setdefault("widths-number", 0)
    file = st.file_uploader(_("Surveyed widths: CSV or Excel"), type=[s[1:] for s in _CHECKED], key=f"widths-{number}")
    if file is not None and st.button(_("Import widths"), type="primary", icon=":material/straighten:"):
        with tempfile.TemporaryDirectory() as folder:
            suffix = Path(file.name).suffix.lower()
            path = Path(folder) / f"widths{suffix if suffix in _CHECKED else '.csv'}"
            path.write_bytes(file.getvalue())
            try:
                with st.spinner(_("Computing …")):
                    st.session_state["widths-added"] = add_widths(study_path(), path, file.name)
            except JiexuError as error:
                if isinstance(error, InputError):
                    error.file = file.name  # not where it is kept meanwhile
                show_error(error)
            else:
                st.session_state["widths-number"] = number + 1
                st.rerun()
    known = cache.layer("surveyed_widths")
    if len(known):
        columns = [_("Street"), _("Section from"), _("Section to"), _("Width (m)"), _("File")]
        shown = pd.DataFrame(known)[["name", "from", "to", "width_m", "file"]]
        shown = shown.fillna({"from": "", "to": ""}).set_axis(columns, axis=1)
        table(shown, "surveyed-widths", "widths-table")
