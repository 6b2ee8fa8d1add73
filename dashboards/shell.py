"""The shell that every page stands in: title, language, navigation, errors. Run by the Streamlit server."""

from __future__ import annotations

import streamlit as st

from dashboards import i18n, overview
from dashboards.i18n import _
from dashboards.parts import show_error
from geo.errors import JiexuError

_STYLE = """
/* the map and its figures are the first screen: no empty band above them */
.block-container { padding-top: 2.2rem; padding-bottom: 2rem; }
.st-key-street-name [data-testid="stText"] { font-size: 1.35rem; font-weight: 600; }
"""


def _language_switch() -> None:
    languages = list(i18n.LANGUAGES)
    chosen = st.segmented_control(
        "语言 / Language",
        languages,
        default=i18n.current(),
        format_func=i18n.LANGUAGES.__getitem__,
        key="language",
        label_visibility="collapsed",
    )
    if chosen and chosen != i18n.current():
        st.query_params["lang"] = chosen
        st.rerun()


def main() -> None:
    """Draw the shell and the chosen page."""
    st.set_page_config(page_title="街序 Jiexu", page_icon="🛣️", layout="wide")
    st.html(f"<style>{_STYLE}</style>")
    with st.sidebar:
        st.markdown("### 街序 Jiexu")
        _language_switch()
    try:
        page = st.navigation([st.Page(overview.page, title=_("Overview"), icon=":material/map:", default=True)])
        page.run()
    except JiexuError as error:
        show_error(error)


main()
