"""The tab Parking inventory: the parking that is there, by source and kind, with the model's accuracy."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from dashboards.parking.drawings import drawing_button
from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.wording import tier_name
from dashboards.shared import background
from dashboards.shared.widgets import out_of_date, table
from geo.parking.inventory_documents import InventoryGroupDocument, ParkingDocument, SpacesDocument
from geo.parking.inventory_files import inventory_schedule, write_inventory
from geo.parking.inventory_study import INVENTORY, LIMITS, UNKNOWN
from geo.parking.inventory_words import accuracy_text
from geo.study.layers.codes import PARKING_INVENTORY, PARKING_SOURCES

_ON_STUDY: Final = "study"


def inventory() -> None:
    """Draw the tab."""
    known = cache.known(INVENTORY)
    st.caption(
        _(
            "The parking that is there: mapped in OpenStreetMap or on the study's own list, and by a model where no "
            "tag tells. Where bays may be marked is another question: the other tabs answer it."
        )
    )
    out_of_date(known)
    if st.button(
        _("Take the inventory"),
        type="secondary" if known.fresh else "primary",
        icon=":material/inventory:",
        key="parking-inventory",
    ):
        background.start("parking", {})
    if known.summary is None:
        st.info(_("No inventory of parking has been taken yet in this study."), icon=":material/local_parking:")
        return
    _figures(known.summary)
    left, right = st.columns(2)
    with left:
        _groups(known.summary)
    with right:
        _accuracy(known.summary)
    _streets()


def _figures(summary: ParkingDocument) -> None:
    accuracy, spaces = summary["accuracy"], summary["spaces"]
    forbidden = sum(group["km"] for group in summary["groups"] if group["kind"] == "none")
    measured = accuracy["measured_on"] == _ON_STUDY and accuracy["f1"]["value"] is not None
    cars = {source: spaces[source] for source in PARKING_SOURCES}
    mapped: SpacesDocument = {
        "low": cars["mapped"]["low"] + cars["listed"]["low"],
        "likely": cars["mapped"]["likely"] + cars["listed"]["likely"],
        "high": cars["mapped"]["high"] + cars["listed"]["high"],
    }
    figures = (
        (_("Spaces, mapped or listed"), f"{mapped['likely']:,}", _span(mapped)),
        (
            _("Spaces elsewhere, by the model"),
            f"{cars['model']['likely']:,}" if measured else _("not measured"),
            _span(cars["model"]),
        ),
        (_("Mapped as no parking"), _("{km:,.1f} km").format(km=forbidden), _("of kerb")),
        (
            _("F1 of the model on streets left out"),
            f"{accuracy['f1']['value']:.2f}" if measured else _("not measured"),
            _("{streets:,} tagged streets").format(streets=accuracy["streets"]),
        ),
    )
    for column, (label, value, note) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value, note, delta_color="off", delta_arrow="off", border=True)


def _span(cars: SpacesDocument) -> str:
    return _("{low:,} to {high:,}").format(low=cars["low"], high=cars["high"])


def _cars(group: InventoryGroupDocument, measured: bool) -> tuple[int | None, int | None, int | None]:
    """Return low, likely and high; no likely number of a model that was not measured in the study."""
    spaces = group["spaces"]
    if spaces is None:
        return None, None, None
    shown = measured or group["source"] != "model"
    return spaces["low"], spaces["likely"] if shown else None, spaces["high"]


def _groups(summary: ParkingDocument) -> None:
    language = current_language()
    measured = summary["accuracy"]["measured_on"] == _ON_STUDY
    rows = [
        (
            PARKING_SOURCES[group["source"]].pick(language),
            PARKING_INVENTORY[group["kind"]].pick(language),
            group["km"],
            group["sides"],
            *_cars(group, measured),
        )
        for group in summary["groups"]
    ]
    columns = [_("Source"), _("Kind"), _("km"), _("Sides"), _("Spaces, low"), _("Spaces"), _("Spaces, high")]
    table(pd.DataFrame(rows, columns=columns), "parking-inventory", "parking-inventory-groups")
    unknown = "; ".join(f"{UNKNOWN[reason].pick(language)}: {count:,}" for reason, count in summary["unknown"].items())
    if unknown:
        st.caption(_("Sides without an answer: {reasons}.").format(reasons=unknown))


def _accuracy(summary: ParkingDocument) -> None:
    language = current_language()
    st.markdown("**" + _("Accuracy of the model") + "**")
    st.text(accuracy_text(summary["accuracy"]).pick(language))
    st.markdown("**" + _("When not to use this") + "**")
    for limit in LIMITS:
        st.text("– " + limit.pick(language))


def _streets() -> None:
    """Draw the schedule by street, of the selected ones if some are selected, and the downloads."""
    rows = pd.DataFrame(cache.layer("parking_inventory").drop(columns="geometry"))
    selected = state.selected()
    if selected:
        rows = rows[rows["street_id"].isin(selected)]
    if rows.empty:
        st.caption(_("Nothing to show."))
        return
    found = inventory_schedule(rows, pd.DataFrame(cache.layer("streets").drop(columns="geometry")))
    table(
        pd.DataFrame(
            {
                _("Street"): found["name"].fillna(_("Unnamed street")),
                _("Tier"): found["tier"].map(tier_name),
                _("Spaces, mapped or listed"): found["mapped_likely"],
                _("Spaces by the model"): found["model_likely"],
                _("Spaces by the model, low"): found["model_low"],
                _("Spaces by the model, high"): found["model_high"],
                _("Mapped as no parking (km)"): found["forbidden_km"],
                "id": found["street_id"],
            }
        ),
        "parking-by-street",
        "parking-inventory-streets",
        height=320,
    )
    drawing_button(write_inventory, "parking_inventory", "parking", "parking-inventory-dxf")
