"""What pages share: first screens, tables to take away, errors, credits, and what coded values are called."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd
import streamlit as st

from dashboards import i18n
from dashboards.i18n import _
from dashboards.served import study_path
from geo.core.errors import InputError, JiexuError
from geo.core.vocabulary import CREDIT, KIND_NAMES, KINDS, TIER_NAMES
from geo.points.categories import CATEGORIES
from geo.rules.names import RULE_NAMES
from geo.stalls.penalty_steps import STEP_NAMES
from geo.stalls.verdicts import VERDICT_NAMES
from geo.study.export import credit_line, table_file
from geo.study.schema import TIERS

MAP_HEIGHT = 600


class Figure(NamedTuple):
    """A number that matters: what it is, its value, and a word on it."""

    label: str
    value: str
    note: str = ""


def first_screen(figures: Sequence[Figure], left: Callable[[], None], right: Callable[[], None]) -> None:
    """Draw a page's first screen: three to five figures, the map at the left, its answer at the right."""
    band = st.container(key="figures")
    map_column, answer_column = st.columns([0.64, 0.36], gap="small")
    with map_column:  # first: the map takes longest in the browser
        left()
    for column, figure in zip(band.columns(len(figures)), figures, strict=True):
        column.metric(*figure, delta_color="off", delta_arrow="off", border=True)
    with answer_column, st.container(height=MAP_HEIGHT + 40, border=False):
        right()


def show_error(error: JiexuError) -> None:
    """Show a problem and its remedy, as text."""
    language = i18n.current()
    place = error.place(language)
    st.error(_("This did not work"), icon=":material/error:")
    st.text(f"{place}\n{error.problem.pick(language)}" if place else error.problem.pick(language))
    st.text(f"→ {error.remedy.pick(language)}")


@contextmanager
def uploaded(file: Any) -> Iterator[Path | None]:
    """Give an uploaded file a path under its own name's suffix while it is read; None where none is given."""
    if file is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getbuffer())
        try:
            yield path
        except InputError as error:
            error.file = file.name  # as the user knows it
            raise


def compute(work: Callable[[], object]) -> None:
    """Do what writes into the study while a spinner turns; then the page is drawn anew, or the problem shown."""
    try:
        with st.spinner(_("Computing …")):
            work()
    except JiexuError as error:
        show_error(error)
    else:
        st.rerun()


def table(rows: pd.DataFrame, name: str, key: str, height: int | Literal["auto"] = "auto", **options: Any) -> Any:
    """
    Show a table with the files to take it away in, and return what was selected in it.

    Parameters
    ----------
    rows
        The table, with headers in the reader's language.
    name
        The files' name.
    key
        The widget's key.
    height, options
        As `st.dataframe` takes them.
    """
    if rows.empty:
        st.caption(_("Nothing to show."))
        return None
    chosen = st.dataframe(rows, hide_index=True, width="stretch", height=height, key=key, **options)
    downloads(rows, name, key)
    return chosen


def marked_rows(rows: pd.DataFrame, name: str, key: str, several: bool = False, **options: Any) -> list[int]:
    """
    Show a table whose rows can be marked, with the files to take it away in, and return the marked ones.

    Parameters
    ----------
    several
        Whether more than one row can be marked.
    rows, name, key, options
        As `table` takes them.
    """
    mode = "multi-row" if several else "single-row"
    chosen = table(rows, name, key, on_select="rerun", selection_mode=mode, **options)
    return list(chosen.selection.rows) if chosen is not None else []


def downloads(rows: pd.DataFrame, name: str, key: str) -> None:
    """Offer a table as XLSX and CSV, with source, date and credit; the files are made when asked for."""
    credit = credit_line(study_path(), name)
    kinds = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv"}
    with st.container(horizontal=True, gap="small"):
        for suffix, mime in kinds.items():
            st.download_button(
                suffix[1:].upper(),
                data=partial(table_file, rows, suffix, name, credit),
                file_name=f"{study_path().stem}-{name}{suffix}",
                mime=mime,
                key=f"{key}{suffix}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def tier_name(tier: str) -> str:
    """Return a tier's name in the session's language."""
    return TIER_NAMES[tier].pick(i18n.current()) if tier in TIERS else tier


def tier_badge(tier: str) -> None:
    """Show a tier as a badge in its colour."""
    colours: dict[str, Literal["red", "orange", "blue", "gray"]] = {
        "demonstration": "red",
        "secondary": "orange",
        "back_street": "blue",
    }
    st.badge(tier_name(tier), color=colours.get(tier, "gray"))


def tier_source_name(source: str) -> str:
    """Return the name of where a tier comes from."""
    return {"official": _("official list"), "manual": _("decision"), "inferred": _("inferred")}.get(source, source)


def category_name(code: str) -> str:
    """Return a complaint category's name; one that is not listed is shown as it was written."""
    return CATEGORIES[code].pick(i18n.current()) if code in CATEGORIES else code


def value_name(column: str, value: Any) -> Any:
    """Return what a coded value of a point's column is called; other values come back as they are."""
    if column == "category":
        return category_name(value)
    if column == "precision":
        return precision_name(value)
    if column == "reasons":
        return rule_names(value)
    names: dict[str, dict[Any, str]] = {
        "response": {"service": _("service"), "management": _("management"), "enforcement": _("enforcement")},
        "kind": {"on_street": _("on street"), "off_street": _("off street")},
        "night_only": {True: _("yes"), False: _("no")},
        "hardship": {True: _("yes"), False: _("no")},
        "verdict": {verdict: name.pick(i18n.current()) for verdict, name in VERDICT_NAMES.items()},
    }
    return names.get(column, {}).get(value, value)


def status_name(status: str) -> str:
    """Return what a zone's status is called."""
    return {"proposed": _("proposed"), "accepted": _("accepted"), "rejected": _("rejected")}.get(status, status)


def outcome_name(outcome: str | None) -> str:
    """Return what stood before or after a decision: a tier, a zone's status, a step with an operator."""
    if outcome in STEP_NAMES:
        return STEP_NAMES[outcome].pick(i18n.current())
    return status_name(tier_name(outcome or ""))


def decision_kind_name(kind: str | None, part: str | None = None) -> str:
    """Return what a decision is about; `part` is the kind of facility that a site is for."""
    if kind == "site" and part in KINDS:
        return f"{_('Site')} · {KIND_NAMES[part].pick(i18n.current())}"
    return {"zone": _("Zone"), "step": _("Operator"), "bays": _("Bays"), "site": _("Site")}.get(kind or "", _("Tier"))


def hours_name(hours: str) -> str:
    """Return hours, as `geo.core.opening_hours.Slots.text` writes them, in the reader's words."""
    words = {"Mo-Fr": _("Mon–Fri"), "Sa-Su": _("Sat, Sun"), "Mo-Su": _("daily"), "24/7": _("at all hours")}
    for code, word in words.items():
        hours = hours.replace(code, word)
    return hours


def rule_names(rules: str) -> str:
    """Return what the rules of a row, which commas divide, are called."""
    return " · ".join(map(rule_name, filter(None, rules.split(", "))))


def rule_name(rule: str) -> str:
    """Return what a rule is called; one without a name is shown as the profile calls it."""
    return RULE_NAMES[rule].pick(i18n.current()) if rule in RULE_NAMES else rule


def field_name(field: str) -> str:
    """Return what a column of points is called."""
    if field.endswith("_id") and field not in ("operator_id", "subject_id", "import_id"):
        return _("Identifier")
    names = {
        "category": _("Category"),
        "received_at": _("Received"),
        "answered_at": _("First answer"),
        "closed_at": _("Closed"),
        "due_at": _("Due"),
        "channel": _("Channel"),
        "status": _("Status"),
        "response": _("Response"),
        "subject_id": _("Subject"),
        "text": _("Text"),
        "operator_id": _("Operator"),
        "goods": _("Goods"),
        "area_m2": _("Area (m²)"),
        "permit_until": _("Permit until"),
        "offences": _("Offences"),
        "hardship": _("In hardship"),
        "verdict": _("Verdict"),
        "reasons": _("Rules"),
        "kind": _("Kind"),
        "capacity": _("Capacity"),
        "night_only": _("Night only"),
        "name": _("Name"),
        "rating": _("Rating"),
        "lon": _("Longitude or x"),
        "lat": _("Latitude or y"),
        "coordinates": _("Both coordinates"),
        "address": _("Address"),
        "precision": _("Placed"),
        "duplicate_of": _("Same event as"),
        "source": _("Source"),
    }
    return names.get(field, field)


def precision_name(precision: str) -> str:
    """Return how a place was got, in words."""
    return {
        "coordinates": _("by coordinates"),
        "house_number": _("by house number"),
        "intersection": _("by junction"),
        "interpolated": _("between house numbers"),
        "place": _("by a place's name"),
        "street": _("by a short street's name"),
    }.get(precision, precision)


def kind_name(kind: str) -> str:
    """Return the name of a kind of points."""
    return layer_name(kind)


def layer_name(layer: str) -> str:
    """Return the name of a layer of the study."""
    names = {
        "roads": _("Road segments"),
        "streets": _("Streets"),
        "complaints": _("Complaints"),
        "stalls": _("Stalls"),
        "parking": _("Parking"),
        "other": _("Other points"),
        "facilities": _("Facilities"),
        "paths": _("Footpaths"),
        "addresses": _("House numbers"),
        "street_scores": _("Street scores"),
        "imports": _("Imports"),
        "mappings": _("Kept column mappings"),
        "replaced": _("Replaced rows"),
        "context": _("Base map"),
        "facility_areas": _("Grounds of facilities"),
        "kerbs": _("Kerbs"),
        "kerb_exclusions": _("Kerb without stalls"),
        "stall_zones": _("Zones for stalls"),
        "shop_displays": _("Displays outside shops"),
        "moves": _("Where stalls should go"),
        "bays": _("Parking bays"),
        "parking_differences": _("Bays and mapped parking"),
        "parking_need": _("Need for parking"),
        "quarters": _("Quarters"),
        "hotspots": _("Hot spots"),
        "patrol_districts": _("Districts of supervisors"),
        "patrol_rounds": _("Walking rounds"),
        "population": _("Population"),
        "coverage": _("Who has one within a walk"),
        "catchments": _("Catchments"),
        "coverage_gaps": _("Gaps"),
        "sites": _("Sites"),
        "surveyed_widths": _("Surveyed widths"),
        "decisions": _("Decisions"),
        "selections": _("Kept selections"),
        "findings": _("Findings"),
    }
    return names.get(layer, layer)


def credits(osm_date: str | None, synthetic: bool) -> None:
    """Show who made the data, and that made-up points are made up."""
    parts = [CREDIT, _("data of {date}").format(date=osm_date[:10]) if osm_date else ""]
    if synthetic:
        parts.append(_("all complaints, stalls and parking marked synthetic are made up for demonstration"))
    st.caption(" · ".join(part for part in parts if part))
