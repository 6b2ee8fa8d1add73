"""Pages run without a browser, as a visitor would open them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

Serve = Callable[[Path], Path]
"""What the fixture `served` gives."""
PAGES = tuple(sorted(module.parent.name for module in (ROOT / "dashboards").glob("*/page.py")))
"""Every page, by its package and address."""

_SCRIPT = """
import streamlit as st
from dashboards.session import filters
from dashboards.{name} import page
with st.sidebar:
    filters.side_bar()
page.page()
"""


def opened(
    name: str, language: str = "en", query: Mapping[str, str] | None = None, state: Mapping[str, Any] | None = None
) -> AppTest:
    """
    Return a page beside the filters, run once.

    Parameters
    ----------
    name
        One of `PAGES`.
    language
        `zh` or `en`.
    query
        What its address says besides the language.
    state
        What the visitor's session knows already.
    """
    page = AppTest.from_string(_SCRIPT.format(name=name), default_timeout=90)
    page.query_params["lang"] = language
    for key, value in (query or {}).items():
        page.query_params[key] = value
    for key, value in (state or {}).items():
        page.session_state[key] = value
    page.run()
    assert not page.exception
    return page


def labelled(elements: Any, label: str) -> Any:
    """Return the one widget with this label."""
    (found,) = (element for element in elements if element.label == label)
    return found


def figures(page: AppTest) -> dict[str, str]:
    """Return the figures of a page by their labels."""
    return {metric.label: metric.value for metric in page.metric}
