"""The page Facilities: who has a market, a car park, a toilet within a walk, and where do the next ones go?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import altair as alt
import numpy as np
import pandas as pd
import shapely
import streamlit as st

from dashboards.facilities import tabs
from dashboards.map.view import map_view
from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import status_name
from dashboards.shared import background, conflicts
from dashboards.shared.signing import may, signature
from dashboards.shared.widgets import Figure, credits, first_screen, out_of_date, uploaded
from geo.core.text import pick
from geo.core.vocabulary import KIND_NAMES, KINDS, FacilityKind
from geo.facilities.coverage_study import COVERAGE
from geo.facilities.decisions import decide_site
from geo.facilities.documents import CoverageDocument
from geo.facilities.facility_study import DemandSource, FacilityStudy
from geo.facilities.location_problem import Model
from geo.facilities.site_documents import SitesDocument, TrialDocument
from geo.facilities.site_study import SITES, moved_share
from geo.study.conflicts import Theirs
from geo.study.results import Known
from layers import facilities, palette

_CANDIDATES: Final = ["csv", "xlsx", "xls", "geojson", "gpkg"]
_NEAR_DEGREES: Final = 0.0006
"""A click this near to a gap means it: about sixty metres."""
_AROUND_DEGREES: Final = 0.001
"""What is shown around sites: about a hundred metres."""


def page() -> None:
    """Draw the page."""
    kind, asked = _kind(), _asked()
    study = cache.facility_study(kind, asked)
    known = cache.known(COVERAGE.of_kind(kind))
    summary = known.summary
    pins = state.pins(kind)
    tried = moved_share(study, [(pin.lon, pin.lat) for pin in pins]) if pins and summary is not None else None

    def left() -> None:
        _switch(kind)
        number = [KINDS.index(kind)]
        shown = ["catchments", "coverage_gaps", "coverage", "sites"]
        open_ = {**dict.fromkeys(shown, number), "facilities": [facilities.KINDS.index(kind)]}
        listed = tabs.shown_list()
        extra = ["facilities"] if listed is None else ["facilities", "other"]
        open_ |= {} if listed is None else {"other": [listed]}
        map_view(560, [*shown, *extra], open_, points=[], muted=True, pins=pins)
        credits(cache.figures()["osm_date"], any(cache.figures()["synthetic"].values()))

    def right() -> None:
        _compute(kind, asked, known)
        if study.demand.table.empty or summary is None:
            return
        _gap(kind, study)
        _trial(kind, pins, tried)
        _siting(kind, asked, study)
        _curve(kind)

    first_screen(_figures(kind, study, summary, tried), left, right)
    tabs.tabs(kind, summary)


def _kind() -> FacilityKind:
    asked = st.session_state.get("facility-kind") or st.query_params.get("kind", "")
    return cast(FacilityKind, asked) if asked in KINDS else "market"


def _asked() -> DemandSource:
    return "points" if st.session_state.get("facility-demand") == "points" else "residents"


def kind_name(kind: FacilityKind) -> str:
    """Return the name of a kind of facility."""
    name = KIND_NAMES[kind].pick(current_language())
    return name[:1].upper() + name[1:]


def _switch(kind: FacilityKind) -> None:
    left, right = st.columns([0.5, 0.5])
    with left:
        chosen = st.segmented_control(
            _("Kind of facility"), KINDS, default=kind, format_func=kind_name, key="facility-kind",
            label_visibility="collapsed",
        )  # fmt: skip
    with right:
        points = {"market": _("Stalls that need a hall"), "parking": _("Parking complaints")}
        names = {"residents": _("Residents"), "points": points.get(kind, _("Complaints"))}
        st.segmented_control(
            _("Demand of"), list(names), default="residents", format_func=names.__getitem__, key="facility-demand",
            label_visibility="collapsed",
        )  # fmt: skip
    if chosen and chosen != "market":
        st.query_params["kind"] = chosen
    elif "kind" in st.query_params:
        del st.query_params["kind"]


def _figures(
    kind: FacilityKind, study: FacilityStudy, summary: CoverageDocument | None, tried: TrialDocument | None
) -> list[Figure]:
    standard = _("within {metres:.0f} m on foot").format(metres=study.within_m)
    if summary is None or study.demand.table.empty:
        return [
            Figure(_("Covered"), "–", standard),
            Figure(_("Residents") if study.asked == "residents" else _("Points"), f"{study.demand.weight.sum():,.0f}"),
            Figure(kind_name(kind), f"{len(study.supply.table):,}", _("in the study")),
        ]
    decided = study.covered(study.decided_m) / max(float(study.demand.weight.sum()), 1e-9)
    half = summary["walk_m"]["p50"]
    shown = [
        Figure(_("Covered"), f"{summary['share']:.1%}", standard),
        Figure(_("Left out"), f"{summary['demand']['total'] - summary['covered']:,.0f}", _of(summary)),
        Figure(
            _("Half of residents walk at most"), "–" if half is None else f"{half:,.0f} m", _("to the nearest facility")
        ),
        Figure(
            kind_name(kind),
            f"{summary['facilities']['count']:,}",
            _("{count} accepted sites: {share:.1%}").format(count=len(study.accepted), share=decided),
        ),
    ]
    if tried is not None:
        shown.append(
            Figure(
                _("With the sites on the map"),
                f"{tried['share']:.1%}",
                _("{gain:,.0f} more residents covered").format(gain=tried["gain"]),
            )
        )
    return shown


def _of(summary: CoverageDocument) -> str:
    total = summary["demand"]["total"]
    if summary["demand"]["asked"] == "points":
        parts = [_("of {total:,.0f} points").format(total=total)]
        parts += [_("synthetic")] if summary["demand"]["synthetic"] else []
    else:
        parts = [_("of {total:,.0f} residents").format(total=total)]
        homes = summary.get("residents")
        if homes is not None and not homes["enough"]:
            parts += [_("a rough estimate")]
        elif set(summary["demand"]["sources"]) & {"levels", "floor", "streets"}:
            parts += [_("estimated")]
    return " · ".join(parts)


def _compute(kind: FacilityKind, asked: DemandSource, known: Known[CoverageDocument]) -> None:
    summary = known.summary
    same = summary is not None and summary["demand"]["asked"] == asked
    if summary is None:
        st.info(_("Coverage has not been computed yet for this kind."), icon=":material/directions_walk:")
    elif not same:
        st.warning(_("The map shows another group's demand. Compute it for this one."), icon=":material/update:")
    else:
        out_of_date(known)
    if not (known.fresh and same) and st.button(
        _("Compute the coverage"), type="primary", icon=":material/calculate:", width="stretch", key="coverage-compute"
    ):
        background.start("coverage", {"kind": kind, "asked": asked})


def _gap(kind: FacilityKind, study: FacilityStudy) -> None:
    """Say who is left out where the map was clicked last, and offer the best site near it."""
    place = state.asked_place()
    rows = cache.layer("coverage_gaps")
    rows = rows[rows["kind"] == kind]
    if place is None or rows.empty:
        st.caption(_("Click a red gap on the map for the people left out and the best site nearby."))
        return
    away = shapely.distance(rows.geometry.to_numpy(), shapely.Point(place))
    if away.min() > _NEAR_DEGREES:
        st.caption(_("Everyone is covered there. Click a red gap."))
        return
    row = rows.iloc[int(np.argmin(away))]
    with st.container(border=True, key="gap-card", gap="xsmall"):
        st.text(_("{count:,.0f} left out, at {places} addresses").format(count=row["demand"], places=row["places"]))
        st.text(row["streets"] or _("Unnamed street"))
        walk = row["walk_m"]
        st.caption(
            _("The nearest is {metres:,.0f} m away on average.").format(metres=walk)
            if pd.notna(walk)
            else _("None within the search radius")
        )
        best = cache.best_site(kind, study.asked, row["gap_id"])
        if best is None:
            st.caption(_("No junction nearby serves them within the standard."))
            return
        lon, lat, gain = best
        st.text(_("The best junction nearby covers {gain:,.0f} of them.").format(gain=gain))
        if st.button(_("Try a site here"), icon=":material/add_location:", key="gap-try"):
            tried = [(pin.lon, pin.lat) for pin in state.pins(kind)]
            state.set_pins(kind, [*tried, (lon, lat)])
            st.rerun()


def _trial(kind: FacilityKind, pins: list[state.Pin], tried: TrialDocument | None) -> None:
    """Show the coverage with the sites on the map, and offer to accept one."""
    if kept := st.session_state.pop("site-saved", None):
        st.success(_("Decision {id} is kept").format(id=kept), icon=":material/check:")
    if tried is None:
        return
    seen = conflicts.seen(f"site-{kind}")
    if conflicts.both(f"site-{kind}"):
        return
    with st.container(border=True, key="trial-card", gap="xsmall"):
        st.text(
            _("With {count} sites on the map: {share:.1%} covered, {gain:+,.0f}. Drag them.").format(
                count=len(pins), share=tried["share"], gain=tried["gain"]
            )
        )
        with st.form("site-form", border=False):
            labels = {pin.pin_id: pin for pin in pins}
            number = st.selectbox(
                _("Site"), list(labels), format_func=lambda pin_id: _place(labels[pin_id]), key="site-pin"
            )
            reason = st.text_input(_("Reason"), placeholder=_("Kept with the decision"))
            by = signature()
            accept = st.form_submit_button(_("Accept this site"), icon=":material/check:", disabled=not may("decide"))
        if st.button(_("Take the sites off the map"), icon=":material/close:", type="tertiary", key="pins-clear"):
            state.set_pins(kind, [])
            st.rerun()
    if not accept:
        return
    pin = labels[number]

    def decide(why: str, seen: str | None, _theirs: Sequence[Theirs]) -> str:
        return decide_site(study_path(), kind, pin.lon, pin.lat, why, by, seen=seen)

    def saved(decision: str) -> None:
        st.session_state["site-saved"] = decision
        state.set_pins(kind, [(other.lon, other.lat) for other in pins if other.pin_id != number])

    def outcome() -> tuple[str, str]:
        return _place(pin), status_name("accepted")

    conflicts.attempt(conflicts.Attempt(f"site-{kind}", reason, by, outcome, decide, saved), seen)


def _place(pin: state.Pin) -> str:
    return f"{pin.label} · {pin.lon:.5f}, {pin.lat:.5f}"


def _siting(kind: FacilityKind, asked: DemandSource, study: FacilityStudy) -> None:
    """Offer to choose sites."""
    models: dict[Model, str] = {
        "coverage": _("Most people covered (maximal cover)"),
        "median": _("Least walking in total (p-median)"),
        "cover_all": _("Fewest sites that cover everyone (set cover)"),
        "centre": _("Shorten the longest walk (p-centre)"),
    }
    area = state.area()
    sources = {
        "junctions": _("Junctions"),
        "kerbs": _("Kerbs"),
        "lots": _("Car parks"),
        "vacant": _("Vacant land"),
        **({"drawn": _("The land drawn on the map")} if area else {}),
    }
    with st.form("siting", border=True):
        st.text(_("Sites for new facilities"))
        one, two = st.columns([0.4, 0.6])
        count = one.number_input(_("Number of new sites"), min_value=1, max_value=50, value=3, key="site-count")
        model = two.selectbox(_("Objective"), list(models), format_func=models.__getitem__, key="site-model")
        source = st.selectbox(
            _("Candidates"), list(sources), format_func=sources.__getitem__, key="site-source",
            help=_("Draw an area on the map to try your own land."),
        )  # fmt: skip
        with st.expander(_("Advanced: candidate sites, budget, capacity, closures")):
            file = st.file_uploader(
                _("Candidates: areas or points with name, capacity, price"), type=_CANDIDATES, key="site-file"
            )
            budget = st.number_input(
                _("Budget"), min_value=0.0, value=None, placeholder=_("no limit"), key="site-budget"
            )
            room = st.checkbox(_("Respect every facility's capacity"), key="site-room")
            names = _facility_names(study)
            closable = st.multiselect(
                _("Facilities that may close"), list(names), format_func=names.__getitem__, key="site-closable",
                placeholder=_("none"),
            )  # fmt: skip
        asked_for = st.form_submit_button(_("Choose sites"), icon=":material/add_location:", width="stretch")
    if not asked_for:
        return
    arguments = {
        "kind": kind,
        "asked": asked,
        "count": int(count),
        "model": model,
        "within_m": float(study.within_m),
        "source": source,
        "corners": [list(map(float, corner)) for corner in area] if source == "drawn" and area else None,
        "closable": list(closable),
        "budget": budget,
        "with_capacity": room,
    }
    with uploaded(file) as path:
        background.start("sites", arguments, {} if path is None else {"file": path}, _show_sites)


def _show_sites(found: dict[str, Any]) -> None:
    """Show the sites that were chosen as pins, and go there."""
    places = [(lon, lat) for lon, lat in found["sites"]]
    state.set_pins(found["kind"], places)
    if places:
        state.go_to(shapely.MultiPoint(places).buffer(_AROUND_DEGREES).bounds)


def _facility_names(study: FacilityStudy) -> dict[str, str]:
    """Return the names of existing facilities by their ids."""
    known = study.supply.table
    return {
        row.facility_id: f"{row.name_ or kind_name(study.kind)} · {row.facility_id}"
        for row in known.rename(columns={"name": "name_"}).itertuples()
    }


def _curve(kind: FacilityKind) -> None:
    """Draw the coverage by number of new facilities."""
    known = cache.known(SITES.of_kind(kind))
    if known.summary is None:
        return
    rows = pd.DataFrame(known.summary["curve"])
    line = (
        alt.Chart(rows, title=_("Coverage by number of new sites"), height=190)
        .mark_line(point=True, color=palette.CHARTS["curve"])
        .encode(
            x=alt.X("count:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("share:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(zero=False)),
            tooltip=[
                alt.Tooltip("count:Q", title=_("New sites")),
                alt.Tooltip("share:Q", title=_("Covered"), format=".1%"),
                *([alt.Tooltip("best:Q", title=_("Best of so many"), format=",.0f")] if "best" in rows else []),
                alt.Tooltip("gain:Q", title=_("Gain of the last site"), format=",.0f"),
            ],
        )
    )
    st.altair_chart(line, width="stretch")
    if known.summary.get("stopped_by") in ("no_gain", "budget"):
        st.caption(
            _("{proposed} of {count} sites are proposed: more would gain nothing.").format(
                proposed=known.summary["proposed"], count=known.summary["count"]
            )
            if known.summary["stopped_by"] == "no_gain"
            else _("{proposed} of {count} sites are proposed: the budget allows no more.").format(
                proposed=known.summary["proposed"], count=known.summary["count"]
            )
        )
    if refused := known.summary.get("refused"):
        st.warning(pick(refused, current_language()), icon=":material/help:")
    st.caption(_proof(known.summary))
    for undone in known.summary.get("not_done", []):
        st.caption(_("Not done in time: {work}").format(work=pick(undone, current_language())))


def _proof(summary: SitesDocument) -> str:
    gap, stable = summary["proven_gap"], summary["stability"]
    if gap is None:
        return _("An estimate: no proof.")
    proof = (
        _("Proven optimal.") if summary["proven"] else _("At most {gap:.2%} from the best possible.").format(gap=gap)
    )
    if "computing_s" in summary:
        proof += " " + _("Computing time {used:.1f} s of {limit:.0f} s.").format(
            used=summary["computing_s"], limit=summary["seconds"]
        )
    return (
        proof
        + " "
        + _(
            "With demand or walking distances wrong by {off:.0%}, this choice falls short of the optimum by at "
            "most {regret:.1%}."
        ).format(off=stable["off_by"], regret=stable["worst_regret"])
    )
