"""A new user sees the streets, clicks one, changes its tier with a reason, and finds it kept after a restart."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from geo.study.file import read_layer
from layers.palette import TIERS
from tests.browser.conftest import ARTEFACTS, Visit, eventually, serving
from tests.support.places import places_on

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser


def drawn_as(visit: Visit, tier: str, places: list[tuple[float, float]]) -> bool:
    """Tell whether a tier's colour (but for smoothing) shows on the page at any of the places: names cover some."""
    image = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB"), dtype=int)
    colour = str(TIERS[tier]["colour"])
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    for lon, lat in places:
        x, y = (round(v) for v in visit.place(lon, lat))
        if (np.abs(image[y - 2 : y + 3, x - 2 : x + 3] - wanted).sum(axis=2) < 30).any():
            return True
    return False


@pytest.mark.parametrize(
    ("locale", "tiers", "save", "reason", "form"),
    [
        ("zh-CN", ["投诉", "摊位", "停车"], "保存决定", "理由", "将等级改为"),
        pytest.param(
            *("en-GB", ["Complaints", "Stalls", "Parking"], "Save the decision", "Reason", "Change the tier to"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_from_the_first_look_to_a_decision_that_stays(
    locale: str, tiers: list[str], save: str, reason: str, form: str, study: Path, visit: Visiting
) -> None:
    street = "Kalevankatu"
    places = places_on(study, street)
    where = places[0]
    with serving(study) as address, visit(locale) as look:
        look.open(address)
        page = look.page
        for kind in tiers:  # without points the street's own colour shows
            page.get_by_role("button", name=kind, exact=True).click()
        look.shows("jiexu.state.points.length === 0")
        look.settled()
        eventually(lambda: drawn_as(look, "back_street", places))
        assert not drawn_as(look, "demonstration", places)
        ARTEFACTS.mkdir(exist_ok=True)

        page.mouse.click(*look.place(*where))
        page.get_by_text(street).first.wait_for()
        expect(page.get_by_text("Kalevankatuu")).to_have_count(1)  # as the list has it, to be confirmed

        page.get_by_label(form).click()
        page.get_by_role("option").nth(0).click()
        page.get_by_label(reason).fill("样板街 <b>model</b> {{ 7*7 }}")
        page.get_by_role("button", name=save).click()
        page.get_by_text("D0001").first.wait_for()
        eventually(lambda: drawn_as(look, "demonstration", places))  # the map followed, without a reload
        page.screenshot(path=ARTEFACTS / f"overview-{locale[:2]}.png")

    decision = read_layer(study, "decisions").iloc[0]
    assert (decision["subject_name"], decision["after"]) == (street, "demonstration")
    assert decision["reason"] == "样板街 <b>model</b> {{ 7*7 }}"

    with serving(study) as address, visit(locale) as again:  # after a restart
        again.open(address)
        again.page.mouse.click(*again.place(*where))
        again.page.get_by_text("样板街 <b>model</b> {{ 7*7 }}").first.wait_for()
    row = read_layer(study, "streets").set_index("name").loc[street]
    assert (row["tier"], row["tier_source"]) == ("demonstration", "manual")
