"""Several visitors at once: no page fails, and each shows its visitor what they asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest

from benchmarks.desk_client import Desk
from benchmarks.desk_visitors import Notes, Visitor
from benchmarks.served import Sample, slope_of
from benchmarks.server import streets_of
from tests.browser.conftest import serving
from tests.support.asgi import on_its_own_thread

VISITORS: Final = 3
KINDS: Final = ("street", "widget", "search", "map", "clear", "page")


@pytest.mark.slow
def test_visitors_at_once_see_their_own_pages_without_an_error(placed: Path) -> None:
    streets = streets_of(placed)

    async def visit(address: str) -> None:
        notes = Notes()
        visitors = [Visitor(address, streets, f"test-{number}", notes) for number in range(VISITORS)]
        await asyncio.gather(*(each.come() for each in visitors))
        await asyncio.gather(*(_every_page(each) for each in visitors))
        assert notes.errors == []
        assert {click.kind for click in notes.clicks} >= {"open", "street", "page"}
        # nobody has the selection of somebody else
        for number, each in enumerate(visitors):
            await each.desk.go("streets")
            await each.select(streets[number][0])
        for number, each in enumerate(visitors):
            assert each.shows_chosen()
            assert any(streets[number][0] in text for text in each.desk.shown.texts("card"))
            await each.desk.close()

    with serving(placed) as address:
        on_its_own_thread(visit(address))


async def _every_page(visitor: Visitor) -> None:
    for page in list(visitor.desk.pages):
        await visitor.desk.go(page)
        assert visitor.desk.page == page
        assert visitor.has_map, f"no map on {page}"
        assert {"metric", "bidi_component"} <= visitor.desk.shown.kinds()
        await visitor.click("widget")
    for kind in KINDS:
        await visitor.click(kind)


def test_a_click_on_the_map_draws_the_page_once_and_stays_in_the_address(placed: Path) -> None:
    street = streets_of(placed)[0][0]

    async def visit(address: str) -> None:
        desk = Desk(address, query="lang=en")
        await desk.open()
        answer = await desk.report("map", "pick", {"layer": "streets", "id": street})
        assert answer.runs == 1
        await desk.go("decisions")
        assert f"street={street}" in desk.query.split("&"), "another page names the selection too"
        # whoever opens the page anew, as after a restart of the server, has it again
        again = Desk(address, query=desk.query)
        await again.open()
        assert any(street in text for text in again.shown.texts("card"))
        await asyncio.gather(desk.close(), again.close())

    with serving(placed) as address:
        on_its_own_thread(visit(address))


def test_the_slope_of_memory_is_of_a_hundred_clicks() -> None:
    growing = [Sample(float(number), 10 * number, 500.0 + 0.2 * number) for number in range(50)]
    slope = slope_of(growing)
    assert abs(slope.mb - 2.0) < 1e-9
    assert slope.error_mb < 1e-9
