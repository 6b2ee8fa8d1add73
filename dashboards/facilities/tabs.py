"""The tabs of the page Facilities: coverage by street and quarter, gaps, facilities, sites, balance, people, lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import status_name, tier_name
from dashboards.shared.widgets import marked_rows, show_error, table, uploaded
from geo.core.errors import JiexuError
from geo.core.text import pick
from geo.core.vocabulary import FacilityKind
from geo.facilities.documents import CoverageDocument
from geo.facilities.population import set_population
from geo.facilities.residents import SOURCES
from geo.points.other_lists import list_names
from geo.study.schema import SYNTHETIC

_POPULATION: Final = ["csv", "xlsx", "xls", "geojson", "gpkg", "tif"]

_ON_MAP: Final = "other-on-map"


def tabs(kind: FacilityKind, summary: CoverageDocument | None) -> None:
    """Draw the tabs."""
    names = [
        _("By street, quarter and tier"),
        _("Left out"),
        _("Facilities"),
        _("Sites"),
        _("Balance"),
        _("Population"),
        _("Other lists"),
    ]
    shares, gaps, own, sites, balance, people, lists = st.tabs(names)
    with shares:
        _shares(summary)
    with gaps:
        _gaps(kind, summary)
    with own:
        _facilities(summary)
    with sites:
        _sites(kind)
    with balance:
        _balance(kind, summary)
    with people:
        _population()
    with lists:
        _lists()


def shown_list() -> int | None:
    """Return the number of the list that is shown on the map, None where none is."""
    if not st.session_state.get(_ON_MAP):
        return None
    known = list_names(cache.layer("other"))
    name = st.session_state.get("other-list")
    return known.index(name) if name in known else (0 if known else None)


def source_names(sources: Iterable[str]) -> str:
    """Return where demand comes from, in words."""
    return ", ".join(SOURCES[source].pick(current_language()) if source in SOURCES else source for source in sources)


def _none() -> None:
    st.caption(_("Compute the coverage first: see the button beside the map."))


def _shares(summary: CoverageDocument | None) -> None:
    if summary is None:
        _none()
        return
    left, right = st.columns(2)
    for column, key, title, groups in (
        (left, "by_street", _("Street"), summary["by_street"]),
        (right, "by_quarter", _("Quarter"), summary["by_quarter"]),
    ):
        rows = pd.DataFrame(groups)
        with column:
            unnamed = _("Unnamed street") if key == "by_street" else ""
            _share_table(rows.assign(name=rows["name"].fillna(unnamed)), title, f"coverage-{key}", 360)
    rows = pd.DataFrame(summary["by_tier"])
    _share_table(rows.assign(name=rows["group"].map(tier_name)), _("Tier"), "coverage-by-tier", "auto")
    source = summary["within_source"]
    st.caption(
        _("Standard: {metres:.0f} m ({source}). Residents: {sources}.").format(
            metres=summary["within_m"],
            source=source["source"] if source["value"] == summary["within_m"] else _("as asked"),
            sources=source_names(summary["demand"]["sources"]),
        )
    )
    homes, ways = summary.get("residents"), summary.get("walking")
    # a result of an older release says neither
    if homes is not None:
        st.caption(
            _("Homes are mapped on {share:.0%} of {streets:,} streets.").format(
                share=homes["streets_with_homes"], streets=homes["streets"]
            )
        )
        if homes["refused"]:
            st.warning(pick(homes["refused"], current_language()), icon=":material/help:")
    if ways is not None:
        st.caption(
            _(
                "Walks use {open:,.1f} km of streets and paths; {private:,.1f} km of private ways are for their own "
                "addresses only, {closed:,.1f} km (cycleways, motorways, closed ways) are not walked: rules "
                "network.walk."
            ).format(open=ways["open_km"], private=ways["private_km"], closed=ways["closed_km"])
        )


def _share_table(rows: pd.DataFrame, title: str, key: str, height: int | Literal["auto"]) -> None:
    table(
        pd.DataFrame(
            {
                title: rows["name"],
                _("Demand"): rows["demand"].round(),
                _("Covered"): (rows["share"] * 100).round(1).astype(str) + " %",
                _("Left out"): rows["left_out"].round(),
                "id": rows["group"],
            }
        ),
        key,
        key,
        height,
    )


def _gaps(kind: FacilityKind, summary: CoverageDocument | None) -> None:
    if summary is None:
        _none()
        return
    layer = cache.layer("coverage_gaps")
    rows = layer[layer["kind"] == kind].reset_index(drop=True)
    quarters = cache.layer("quarters").drop_duplicates("quarter_id").set_index("quarter_id")["name"]
    marked = marked_rows(
        pd.DataFrame(
            {
                _("Gap"): rows["gap_id"],
                _("Left out"): rows["demand"].round(),
                _("Addresses"): rows["places"],
                _("Nearest, m"): rows["walk_m"].round(),
                _("Streets"): rows["streets"],
                _("Quarter"): rows["quarter_id"].map(quarters).fillna(""),
            }
        ),
        "gaps",
        "gaps-table",
        height=330,
    )
    if marked and st.button(_("Show on the map"), icon=":material/map:", key="gap-show"):
        chosen = rows.iloc[marked]
        middle = chosen.geometry.iloc[0].representative_point()
        state.ask_about((middle.x, middle.y))
        state.go_to(chosen.total_bounds)
        st.rerun()


def _facilities(summary: CoverageDocument | None) -> None:
    if summary is None:
        _none()
        return
    rows = pd.DataFrame(summary["facilities_list"])
    if rows.empty:
        st.caption(_("None in the study: import a list on the page Data."))
        return
    table(
        pd.DataFrame(
            {
                _("Name"): rows["name"].fillna(""),
                _("Demand served"): rows["demand"].round(),
                _("Capacity"): rows["capacity"],
                _("Opening hours"): rows["hours"].fillna(""),
                _("Source"): rows["source"].replace(SYNTHETIC, _("synthetic")),
                "id": rows["facility_id"],
            }
        ),
        "facilities",
        "facilities-table",
        height=330,
    )


def _sites(kind: FacilityKind) -> None:
    layer = cache.layer("sites")
    rows = layer[layer["kind"] == kind].sort_values(["status", "rank"]).reset_index(drop=True)
    statuses = {"closed": _("to close")}
    table(
        pd.DataFrame(
            {
                _("Order"): rows["rank"],
                _("Place"): rows["name"].fillna(_("Unnamed street")),
                _("Status"): rows["status"].map(lambda status: statuses.get(status, status_name(status))),
                _("Adds"): rows["gain"].round(),
                _("Demand served"): rows["demand"].round(),
                _("Chosen in simulations"): (rows["chosen_share"] * 100)
                .round()
                .map("{:.0f} %".format, na_action="ignore"),
                _("Decision"): rows["decision_id"].fillna(""),
                "lon": rows.geometry.x.map("{:.6f}".format),
                "lat": rows.geometry.y.map("{:.6f}".format),
                "id": rows["site_id"],
            }
        ),
        "sites",
        "sites-table",
    )
    st.caption(
        _(
            "“Adds” is the gain over the sites above. “Chosen in simulations”: share of simulations, with demand "
            "and walking distances varied, in which the site is chosen."
        )
    )


def _balance(kind: FacilityKind, summary: CoverageDocument | None) -> None:
    if summary is None:
        _none()
        return
    rows = pd.DataFrame(summary["balance"])
    if rows.empty:
        st.caption(_("No balance for this kind of facility."))
        return
    if kind == "parking":
        columns = {
            "cars_day": _("Cars by day"),
            "off_street_day": _("Off the street, day"),
            "bays_day": _("Accepted bays, day"),
            "balance_day": _("Balance, day"),
            "cars_night": _("Cars at night"),
            "off_street_night": _("Off the street, night"),
            "bays_night": _("Accepted bays, night"),
            "balance_night": _("Balance, night"),
        }
    else:
        columns = {
            "stalls_to_halls": _("Stalls relocated into halls"),
            "stalls_without_hall": _("Stalls without a hall"),
            "hall_places": _("Places in halls"),
            "balance": _("Balance"),
        }
    named = {_("Quarter"): rows["name"].fillna(rows["quarter_id"])}
    table(pd.DataFrame({**named, **{title: rows[key] for key, title in columns.items()}}), "balance", "balance", 330)
    st.caption(_("Cars, rates and places without a known capacity are estimates: see the rules."))


def _population() -> None:
    rows = cache.layer("population")
    known = cache.residents_total()
    st.text(
        _("{rows:,} rows of population with {people:,.0f} people are in the study.").format(
            rows=len(rows), people=rows["residents"].sum()
        )
        if len(rows)
        else _("Residents are estimated from the floor area of homes; an imported population replaces the estimate.")
    )
    with st.form("population", border=False, clear_on_submit=True):
        file = st.file_uploader(_("Areas, points or quarters with people"), type=_POPULATION, key="population-file")
        total = st.number_input(
            _("Known number of residents"), min_value=0, value=int(known) if known else None, step=1000,
            placeholder=_("not known"), key="population-total",
        )  # fmt: skip
        if not st.form_submit_button(_("Keep the population"), icon=":material/groups:"):
            return
    with uploaded(file) as path:
        try:
            summary = set_population(
                study_path(), path, 0.0 if total is None else float(total), None if file is None else file.name
            )
        except JiexuError as error:
            show_error(error)
            return
    for finding in summary["findings"]:
        st.text(f"{finding['row'] or ''}  {pick(finding['problem'], current_language())}")
    st.rerun()


def _lists() -> None:
    found = cache.lists()
    if not found:
        st.caption(_("No other lists in the study: import shops, permits or hoardings on the page Data."))
        return
    names = {each["list"]: each for each in found}
    name = st.selectbox(_("List"), list(names), key="other-list")
    st.toggle(_("Show the list on the map"), key=_ON_MAP)
    each = names[name]
    facts = [_("{rows:,} rows").format(rows=each["rows"])]
    if each["synthetic"]:
        facts.append(_("synthetic"))
    if each["rating"]:
        facts.append(_("{stars:.2f} stars on average").format(stars=each["rating"]["mean"]))
    if each["answered"]:
        facts.append(
            _("{share:.0%} answered within {days} working days").format(
                share=each["answered"]["share"], days=each["answered"]["limit_days"]
            )
        )
    if each["age_days"]:
        facts.append(
            _("{open:,} open for {days:.0f} days (median)").format(
                open=each["age_days"]["open"], days=each["age_days"]["median"]
            )
        )
    facts.append(_("{count:,} overdue").format(count=len(each["overdue"])))
    st.text(" · ".join(facts))
    left, right = st.columns(2)
    for column, key, groups, title in (
        (left, "by_street", each["by_street"], _("Street")),
        (right, "by_quarter", each["by_quarter"], _("Quarter")),
    ):
        rows = pd.DataFrame(groups, columns=["group", "name", "rows", "rating", "overdue"])
        with column:
            table(
                pd.DataFrame(
                    {
                        title: rows["name"].fillna(rows["group"]),
                        _("Rows"): rows["rows"],
                        _("Stars"): rows["rating"],
                        _("Overdue"): rows["overdue"],
                    }
                ),
                f"list-{key}",
                f"list-{key}",
                260,
            )
    if each["overdue"]:
        rows = pd.DataFrame(each["overdue"])
        streets = rows["street_id"].map(cache.street_names()).fillna(_("Unnamed street"))
        shown = {_("Name"): rows["name"].fillna(""), _("Street"): streets, _("Due"): rows["due_at"].str[:10]}
        table(pd.DataFrame({**shown, _("Days overdue"): rows["days"], "id": rows["other_id"]}), "overdue", "overdue")
