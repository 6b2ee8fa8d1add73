"""The document's language follows the reader's, and so do the widgets' own words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import Visit, serving

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser


def shown_by_style(element: Locator) -> str:
    """The words that a style puts in the place of an element's own."""
    element.wait_for(state="attached")
    return str(element.evaluate("e => getComputedStyle(e, '::after').content")).strip('"')


def test_the_documents_language_and_the_widgets_words_follow_the_readers(study: Path, visit: Visiting) -> None:
    words = {"zh-CN": ("选择文件", "按回车键确认"), "en": ("Upload", "Press Enter to apply")}
    with serving(study) as address, visit("zh-CN") as look:
        page = look.page
        page.goto(f"{address}/data")
        for tag, (upload, enter) in words.items():
            page.wait_for_function("tag => document.documentElement.lang === tag", arg=tag)
            assert shown_by_style(page.get_by_test_id("stFileUploaderDropzone").locator("button p").first) == upload
            box = page.locator(".st-key-search input")
            box.fill("kale")
            assert shown_by_style(page.get_by_test_id("InputInstructions").locator("span").first) == enter
            box.fill("")
            page.get_by_text("English", exact=True).click()
        page.reload()
        page.wait_for_function("document.documentElement.lang === 'en'")
