"""Widgets that pages share: first screens, tables to download, errors, credits."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboards.access.acts import noted
from dashboards.session import cache
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import tier_name
from geo.core.errors import InputError, JiexuError
from geo.core.faults import debugging, note_fault
from geo.core.vocabulary import CREDIT
from geo.study.export import credit_line
from geo.study.export_tables import table_file
from geo.study.left_out import left_out_text
from geo.study.results import Known
from geo.study.rights import Actor, current

MAP_HEIGHT = 600
SHOWN_ROWS = 2_000
"""Rows of a table that are sent to the browser; its files have all."""


class Figure(NamedTuple):
    """A headline figure: its label, its value, and a note."""

    label: str
    value: str
    note: str = ""


def first_screen(figures: Sequence[Figure], left: Callable[[], None], right: Callable[[], None]) -> None:
    """Draw a page's first screen: three to five figures, the map at the left, its answer at the right."""
    from dashboards.shared import background  # noqa: PLC0415 (its cards are made of the widgets here)

    band = st.container(key="figures")
    map_column, answer_column = st.columns([0.64, 0.36], gap="small")
    with map_column:  # first: the map takes longest in the browser
        left()
    for column, figure in zip(band.columns(len(figures)), figures, strict=True):
        column.metric(*figure, delta_color="off", delta_arrow="off", border=True)
    with answer_column, st.container(height=MAP_HEIGHT + 40, border=False):
        background.cards()
        right()


def show_error(error: JiexuError) -> None:
    """Show a problem and its remedy, as text."""
    language = current_language()
    place = error.place(language)
    st.error(_("This did not work"), icon=":material/error:")
    st.text(f"{place}\n{error.problem.pick(language)}" if place else error.problem.pick(language))
    st.text(f"→ {error.remedy.pick(language)}")


def show_fault(error: Exception, page: str) -> None:
    """Show a fault of ours as a sentence with the number to report; its trace goes to a log, and here if wanted."""
    fault = note_fault(error, page)
    st.error(_("Jiexu has failed here, fault {number}").format(number=fault.number), icon=":material/error:")
    if fault.log is not None:
        st.text(_("No study is half changed. Please send the log to the maintainers: {log}").format(log=fault.log))
    if debugging():
        st.exception(error)


def out_of_date(known: Known[Any]) -> None:
    """Warn of a result that is out of date, with the inputs that changed."""
    if known.because is not None:
        st.warning(known.because.pick(current_language()), icon=":material/update:")


@contextmanager
def uploaded(file: Any) -> Iterator[Path | None]:
    """Give an uploaded file a path under its own name's suffix while it is read; None where none is given."""
    if file is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getbuffer())
        try:
            yield path
        except InputError as error:
            error.file = file.name  # as the user knows it
            raise


def compute(work: Callable[[], object]) -> None:
    """Run work that writes into the study under a spinner; then draw the page anew, or show the problem."""
    try:
        with st.spinner(_("Computing …")):
            work()
    except JiexuError as error:
        show_error(error)
    else:
        st.rerun()


def each_once(values: pd.Series, called: Callable[[Any], str]) -> pd.Series:
    """Return the names of values; each different one is named once, however many rows have it."""
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    names = np.array([called(None if pd.isna(value) else value) for value in distinct], dtype=object)
    return pd.Series(names[codes] if len(names) else names, index=values.index, dtype=object)


def table(rows: pd.DataFrame, name: str, key: str, height: int | Literal["auto"] = "auto", **options: Any) -> Any:
    """
    Show a table with its downloads, and return the selection in it.

    A long table shows its first rows; its files have all.

    Parameters
    ----------
    rows
        The table, with headers in the reader's language.
    name
        The files' name.
    key
        The widget's key.
    height, options
        As `st.dataframe` takes them.
    """
    if rows.empty:
        st.caption(_("Nothing to show."))
        return None
    if len(rows) > SHOWN_ROWS:
        st.caption(
            _("The first {shown:,} of {all:,} rows; the files have all.").format(shown=SHOWN_ROWS, all=len(rows))
        )
    chosen = st.dataframe(rows.head(SHOWN_ROWS), hide_index=True, width="stretch", height=height, key=key, **options)
    downloads(rows, name, key)
    return chosen


def marked_rows(rows: pd.DataFrame, name: str, key: str, several: bool = False, **options: Any) -> list[int]:
    """
    Show a table with rows to mark and its downloads, and return the marked ones.

    Parameters
    ----------
    several
        Whether more than one row can be marked.
    rows, name, key, options
        As `table` takes them.
    """
    mode = "multi-row" if several else "single-row"
    chosen = table(rows, name, key, on_select="rerun", selection_mode=mode, **options)
    return list(chosen.selection.rows) if chosen is not None else []


def downloads(rows: pd.DataFrame, name: str, key: str) -> None:
    """Offer a table as XLSX and CSV, with source, date and credit; the files are made when asked for."""
    credit = credit_line(study_path(), name)
    kinds = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv"}
    with st.container(horizontal=True, gap="small"):
        for suffix, mime in kinds.items():
            st.download_button(
                suffix[1:].upper(),
                data=exporting(partial(table_file, rows, suffix, name, credit, cache.timezone()), name),
                file_name=f"{study_path().stem}-{name}{suffix}",
                mime=mime,
                key=f"{key}{suffix}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def exporting(make: Callable[[], bytes], name: str) -> Callable[[], bytes]:
    """Return a function that makes a file when the visitor asks for it, and notes that in the log of access."""
    return partial(_exported, make, name, study_path(), current(), st.context.ip_address)


def _exported(make: Callable[[], bytes], name: str, study: Path, actor: Actor, host: str | None) -> bytes:
    noted("exported", study, name, actor, host)
    return make()


def tier_badge(tier: str) -> None:
    """Show a tier as a badge in its colour."""
    colours: dict[str, Literal["red", "orange", "blue", "gray"]] = {
        "demonstration": "red",
        "secondary": "orange",
        "back_street": "blue",
    }
    st.badge(tier_name(tier), color=colours.get(tier, "gray"))


def credits(osm_date: str | None, synthetic: bool) -> None:
    """Show who made the data, and that made-up points are made up."""
    parts = [CREDIT, _("data of {date}").format(date=osm_date[:10]) if osm_date else ""]
    if synthetic:
        parts.append(_("all complaints, stalls and parking marked synthetic are made up for demonstration"))
    st.caption(" · ".join(part for part in parts if part))


def left_out_caption(left_out: Mapping[str, int] | None) -> None:
    """Say how many complaints a figure leaves out, and why."""
    if left_out:
        text = left_out_text(left_out).pick(current_language())
        st.caption(text[:1].upper() + text[1:])
