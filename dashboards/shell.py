"""The shell that every page stands in: title, language, navigation, filters, errors. Run by the Streamlit server."""

from __future__ import annotations

import html
import logging
from contextlib import suppress
from typing import Final

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import StreamlitPage

from dashboards.complaints import page as complaints_page
from dashboards.data import page as data_page
from dashboards.decisions import page as decisions_page
from dashboards.facilities import page as facilities_page
from dashboards.library import page as library_page
from dashboards.library.head import head
from dashboards.map.view import take_click
from dashboards.overview import page as overview
from dashboards.overview import shared_view
from dashboards.parking import page as parking_page
from dashboards.session import filters, runs, state
from dashboards.session.language import LANGUAGES, TAGS, _, current_language
from dashboards.session.served_study import IN_ADDRESS, NoneChosenError, problem_of_study, study_path
from dashboards.session.server import server
from dashboards.shared.colleagues import colleagues
from dashboards.shared.widgets import show_error, show_fault
from dashboards.stalls import page as stalls_page
from dashboards.streets import page as streets_page
from dashboards.users import page as users_page
from geo.core.errors import JiexuError
from geo.study.rights import EVERY_STUDY, ROLE_NAMES, current, require

_NAME: Final = "街序 Jiexu"
# comments in this script, not strings: Streamlit shows a string that stands alone
_LIBRARY: Final = "library"  # the address of the page of all studies

_log: Final = logging.getLogger(__name__)

_STYLE = """
/* the map and its figures are the first screen: no empty band above them */
.block-container { padding: 2.6rem 2rem 2rem; }
.st-key-street-name [data-testid="stText"] { font-size: 1.3rem; font-weight: 600; }
.st-key-figures [data-testid="stMetric"] { padding: 0.5rem 0.9rem; }
.st-key-figures [data-testid="stMetric"] > div { padding: 0; }
[data-testid="stMetricValue"] { font-size: 1.5rem; }
/* on a phone the figures stand two by two, so that the map is near */
@media (max-width: 640px) {
  .block-container { padding: 3rem 0.8rem 1rem; }
  .st-key-figures [data-testid="stHorizontalBlock"] { display: grid; grid-template-columns: 1fr 1fr; gap: 0.5rem; }
  .st-key-figures [data-testid="stColumn"] { min-width: 0; width: 100% !important; flex: none; }
}
.st-key-stalls-hour { padding: 0 0.8rem; }
/* the table's own CSV button writes cells that spreadsheets would run: ours below it does not */
[data-testid="stElementToolbar"] button[aria-label*="CSV"] { display: none; }
/* they hold a script only: no gap for them */
.st-key-document-language, .st-key-lead-to { display: none; }
/* the study's name stands in the band of Streamlit's own buttons */
.st-key-study-head { max-width: 24rem; margin: -2rem 0 -0.6rem; z-index: 999991; }
.stApp:has([data-testid="stExpandSidebarButton"]) .st-key-study-head { margin-left: 2.4rem; }
@media (max-width: 640px) { .stApp .st-key-study-head { margin: 0 !important; } }
"""


_LEAVE = """
if (!window.jiexuWatch) window.jiexuWatch = setInterval(async () => {
  const answer = await fetch("BASE/sign-in/state", { cache: "no-store" }).catch(() => null);
  if (answer && answer.status === 401) window.location.assign("BASE/sign-in");
}, 3000);
"""
# takes a page whose session has ended to the sign-in page: what it shows is not for whoever sits there now


def _declare_language() -> None:
    """Set the language of the document, for screen readers, hyphenation and fonts; Streamlit leaves it at English."""
    script = f"document.documentElement.lang = '{TAGS[current_language()]}';"
    if server().private:
        script += _LEAVE.replace("BASE", server().base_path)
    with st.container(key="document-language"):
        # one of two constants and the administrator's path, nothing from outside
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def _widget_words() -> str:
    """Return style rules that put words of ours in the place of Streamlit's English ones that no argument sets."""
    words = {
        '[data-testid="stFileUploaderDropzone"] button p': _("Upload"),
        '[data-testid="stFileUploaderDropzoneInstructions"] span': _("At most {size} MB").format(
            size=st.get_option("server.maxUploadSize")
        ),
        '[data-testid="InputInstructions"] span': _("Press Enter to apply"),
    }
    return "".join(
        f'{element} {{ font-size: 0; }} {element}::after {{ content: "{word}"; font-size: 0.85rem; }}'
        for element, word in words.items()
    )


def _language_switch() -> None:
    languages = list(LANGUAGES)
    chosen = st.segmented_control(
        "语言 / Language",
        languages,
        default=current_language(),
        format_func=LANGUAGES.__getitem__,
        key="language",
        label_visibility="collapsed",
    )
    if chosen and chosen != current_language():
        st.query_params["lang"] = chosen
        st.rerun()


def _who() -> None:
    """Show whoever is signed in, and the way out."""
    actor = current()
    if not actor.signed_in:
        return
    try:
        grant = actor.grant_on(study_path())
    except JiexuError:  # before a study is chosen
        grant = actor.grants.get(EVERY_STUDY)
    left, right = st.columns([0.6, 0.4], vertical_alignment="center")
    role = [] if grant is None else [ROLE_NAMES[grant.role].pick(current_language())]
    left.text(" · ".join([actor.name, *role]))
    words = html.escape(_("Sign out"))
    right.html(f'<a href="{server().base_path}/sign-out" target="_self">{words}</a>')


def main() -> None:
    """Draw the shell and the chosen page."""
    runs.begin()
    st.set_page_config(page_title=_NAME, page_icon="🛣️", layout="wide")
    st.html(f"<style>{_STYLE}{_widget_words()}</style>")
    _declare_language()
    page = st.navigation(_pages())
    if server().open_to_others:
        st.warning(_("Sign-in is off: whoever reaches this address may see and change everything."), icon="⚠️")
    try:
        _name_tab(page.title, _study_in_address())
        head()
        require("see", study_path())
        take_click()
        state.keep_in_address()
        page.run()  # before the side bar: the map is what a visitor waits for
        with st.sidebar:
            _language_switch()
            _who()
            colleagues()
            if page.url_path != _LIBRARY and not _is_limited():
                filters.side_bar()
    except NoneChosenError:
        _choose()
    except JiexuError as error:
        _show(error)
        if server().library is not None and page.url_path != _LIBRARY and IN_ADDRESS in st.query_params:
            library_page.page()
    except Exception as error:
        # a study that was removed or replaced while the page read it
        gone = problem_of_study()
        if gone is None:
            show_fault(error, page.url_path)
        else:
            _show(gone, error)


def _is_limited() -> bool:
    """Tell whether the visitor may see named layers only, or no free texts: figures of all rows are not for them."""
    try:
        grant = current().grant_on(study_path())
    except JiexuError:  # before a study is chosen
        return False
    return grant is None or grant.layers is not None or not grant.texts


def _pages() -> list[StreamlitPage]:
    """Return the pages of the visitor: for some the shared view only."""
    library = [st.Page(library_page.page, title=_("Studies"), icon=":material/folder:", url_path="library")]
    if server().library is None:
        library = []
    if _is_limited():
        shared = st.Page(
            shared_view.page, title=_("Overview"), icon=":material/map:", url_path="overview", default=True
        )
        return [shared, *library]
    pages = [
        st.Page(overview.page, title=_("Overview"), icon=":material/map:", url_path="overview", default=True),
        st.Page(streets_page.page, title=_("Streets"), icon=":material/signpost:", url_path="streets"),
        st.Page(stalls_page.page, title=_("Stalls"), icon=":material/storefront:", url_path="stalls"),
        st.Page(parking_page.page, title=_("Parking"), icon=":material/local_parking:", url_path="parking"),
        st.Page(complaints_page.page, title=_("Complaints"), icon=":material/campaign:", url_path="complaints"),
        st.Page(facilities_page.page, title=_("Facilities"), icon=":material/store:", url_path="facilities"),
        st.Page(data_page.page, title=_("Data"), icon=":material/database:", url_path="data"),
        st.Page(decisions_page.page, title=_("Decisions"), icon=":material/gavel:", url_path="decisions"),
    ]
    pages += library
    if server().private and _administers():
        pages.append(st.Page(users_page.page, title=_("Users"), icon=":material/group:", url_path="users"))
    return pages


def _administers() -> bool:
    """Tell whether the visitor administers the study, or all studies before one is chosen."""
    try:
        return current().may("administer", study_path())
    except JiexuError:
        return current().may("administer", EVERY_STUDY)


def _study_in_address() -> str:
    """Return the study's name; in a library, the address of every page has it."""
    name = study_path().stem
    if server().library is not None and st.query_params.get(IN_ADDRESS) != name:
        st.query_params[IN_ADDRESS] = name
    return name


def _name_tab(*parts: str) -> None:
    """Have the browser's tab say page and study."""
    st.set_page_config(page_title=" · ".join((*parts, _NAME)))


def _choose() -> None:
    """Show the studies in the place of a page: one of them is to be chosen first."""
    _name_tab(_("Studies"))
    library_page.page()
    with st.sidebar:
        _language_switch()
        _who()


def _show(problem: JiexuError, cause: Exception | None = None) -> None:
    """Show a problem in the place of the page; the language can still be chosen."""
    show_error(problem)
    if cause is not None:
        _log.warning("a page could not be drawn", exc_info=cause)
    with suppress(StreamlitAPIException), st.sidebar:  # it is there already where the page itself was drawn
        _language_switch()


main()
