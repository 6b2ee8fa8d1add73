"""Long work of a page: at once where no server runs it, else on a card, for whoever opens the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.background import submit
from geo.core.text import Text
from geo.jobs.dispatcher import Dispatcher
from geo.jobs.processes import this_process
from geo.jobs.progress import Progress
from geo.jobs.queue import Queue
from geo.study.rights import Actor, Grant, system_user, take_from
from tests.support.pages import Serve, labelled
from tests.support.queued import at_step, dispatched, ended, known_works, small

__all__ = ["known_works", "small"]
pytestmark = pytest.mark.usefixtures("known_works")

_SCRIPT = """
import streamlit as st
from dashboards.shared import background

def then(found):
    st.session_state["found"] = found["said"]

background.cards()
work = st.text_input("work", "says")
if st.button("Go"):
    background.start(work, {"said": "a"} if work in ("says", "changes") else {}, then=then)
st.text(f"found {st.session_state.get('found')}")
"""


@pytest.fixture
def study(small: Path, tmp_path: Path, served: Serve) -> Path:
    return served(Path(shutil.copy(small, tmp_path / "a.gpkg")))


@pytest.fixture
def server(study: Path) -> Iterator[Dispatcher]:
    with dispatched(study.parent) as dispatcher:
        yield dispatcher


def opened(language: str = "en") -> AppTest:
    page = AppTest.from_string(_SCRIPT, default_timeout=90)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    return page


def go(page: AppTest, work: str = "says") -> AppTest:
    page.text_input[0].set_value(work)
    labelled(page.button, "Go").click().run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    parts = (page.text, page.caption, page.warning, page.error)
    return "\n".join(str(each.value) for part in parts for each in part)


def test_without_a_server_work_is_done_at_once(study: Path) -> None:
    page = go(opened())
    assert "found a" in texts(page)
    assert not Queue(study.parent).database.exists
    assert "It does not work" in texts(go(page, "refuses"))


def test_the_page_shows_the_result_of_its_job(study: Path, server: Dispatcher) -> None:
    page = go(opened())
    job = ended(server.queue, 1)
    assert job.state == "done"
    page.run()
    assert "found a" in texts(page)
    assert [each.label for each in page.button] == ["Go"], "no card is left"


def test_a_job_goes_on_without_its_page_and_whoever_comes_sees_and_cancels_it(study: Path, server: Dispatcher) -> None:
    go(opened(), "changes")
    at_step(server.queue, 1, 2)
    later = opened("zh")
    assert "测试" in texts(later)
    assert later.get("progress")[0].proto.text == "第 2 步，共 2 步：写入"
    assert later.get("progress")[0].proto.value == 50
    labelled(later.button, "取消").click().run()
    assert not later.exception
    assert ended(server.queue, 1).state == "cancelled"
    later.run()
    assert [each.label for each in later.button] == ["Go"]


def test_a_job_that_failed_is_told_in_both_languages_until_it_is_put_away(study: Path, server: Dispatcher) -> None:
    go(opened(), "refuses")
    ended(server.queue, 1)
    page = opened()
    assert "Test refuses has failed at 20" in texts(page)
    assert "It does not work. Mend it." in texts(page)
    assert "不行。改。" in texts(opened("zh"))
    labelled(page.button, "Close").click().run()
    assert "It does not work" not in texts(page)
    labelled(opened().button, "Start again").click().run()
    assert ended(server.queue, 2).work == "refuses"


def test_a_job_that_was_interrupted_says_when(study: Path) -> None:
    queue = Queue(study.parent)
    number = submit(study, "says", {}).number
    queue.claim(1, this_process()._replace(started="1"))
    with queue.database.changing() as connection:
        seen = "2999-01-01T00:00:00.000Z"
        connection.execute("UPDATE jobs SET seen_at = ? WHERE number = ?", (seen, number))
    page = opened()
    assert "Test says was interrupted at 2999-01-01 02:00" in texts(page), "by the study's clock"
    assert "the study is as it was" in texts(page)


def test_one_that_waits_says_so_and_one_that_ran_before_tells_the_time(study: Path) -> None:
    queue = Queue(study.parent)
    for _ in range(2):
        number = submit(study, "says", {}).number
        queue.claim(1, this_process())
        queue.note(number, Progress(Text("一", "one"), 1, 2), [(1, 0.0)])
        if number == 1:
            queue.end(number, "done", result={})
            with queue.database.changing() as connection:  # it took two minutes
                connection.execute("UPDATE jobs SET started_at = '2026-11-27T09:00:00.000Z'")
                connection.execute("UPDATE jobs SET ended_at = '2026-11-27T09:02:00.000Z'")
    submit(study, "refuses", {})
    said = texts(opened())
    assert "About 2 min left" in said
    assert "Waits for other work to end." in said


def test_whoever_may_not_decide_is_refused_by_name_of_the_right(study: Path, server: Dispatcher) -> None:
    take_from(lambda: Actor("法院", {"*": Grant("viewer")}))
    try:
        said = texts(go(opened()))
    finally:
        take_from(system_user)
    assert "Your role is viewer" in said
    assert server.queue.jobs() == []


def test_a_queue_that_cannot_be_read_leaves_the_page(study: Path) -> None:
    Queue(study.parent).database.path.write_bytes(b"nothing like a database" * 100)
    page: Any = opened()
    assert "Work in the background cannot be read now." in texts(page)
