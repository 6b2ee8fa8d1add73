"""The page Facilities answers from the study: coverage, gaps, sites to try, sites that are accepted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.facilities.coverage_study import COVERAGE, cover
from geo.facilities.site_study import SITES
from geo.points.imports import add_points
from geo.points.reading import Options
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.pages import Serve, figures, labelled, opened


@pytest.mark.parametrize(
    ("language", "label", "compute"), [("zh", "覆盖率", "计算覆盖"), ("en", "Covered", "Compute the coverage")]
)
def test_the_page_speaks_both_languages(language: str, label: str, compute: str, study: Path, served: Serve) -> None:
    served(study)
    page = opened("facilities", language, query={"kind": "toilet"})
    assert figures(page)[label] == "–"
    labelled(page.button, compute).click().run()
    assert not page.exception
    summary = COVERAGE.of_kind("toilet").known(Study(study)).summary
    assert summary is not None
    assert figures(page)[label] == f"{summary['share']:.1%}"


def test_sites_are_chosen_tried_and_accepted(study: Path, served: Serve) -> None:
    before = cover(study, "toilet")["share"]
    served(study)
    page = opened("facilities", query={"kind": "toilet"})
    labelled(page.number_input, "Number of new sites").set_value(2)
    labelled(page.button, "Choose sites").click().run()
    assert not page.exception
    chosen = SITES.of_kind("toilet").known(Study(study)).summary
    assert chosen is not None
    assert figures(page)["With the sites on the map"] == f"{chosen['share']:.1%}"
    assert [pin.label for pin in page.session_state["pins"]] == ["1", "2"]

    labelled(page.text_input, "Reason").set_value("beside the park")
    labelled(page.button, "Accept this site").click().run()
    assert not page.exception
    decisions = read_layer(study, "decisions")
    assert decisions[["kind", "part", "after"]].to_numpy().tolist() == [["site", "toilet", "accepted"]]
    assert len(page.session_state["pins"]) == 1, "what is accepted need not be tried any more"
    assert COVERAGE.of_kind("toilet").known(Study(study)).summary["share"] == before  # type: ignore[index]
    assert COVERAGE.of_kind("toilet").known(Study(study)).changed == ("decisions:site:toilet",), "it counts as decided"


def test_a_site_without_a_reason_is_refused_with_what_to_do(study: Path, served: Serve) -> None:
    cover(study, "toilet")
    served(study)
    page = opened("facilities", query={"kind": "toilet"})
    labelled(page.button, "Choose sites").click().run()
    labelled(page.button, "Accept this site").click().run()
    assert any("Give a reason" in text.value for text in page.text)
    assert read_layer(study, "decisions").empty


def test_a_clicked_gap_says_who_is_left_out_and_where_a_site_would_help(study: Path, served: Serve) -> None:
    cover(study, "toilet")
    gaps = read_layer(study, "coverage_gaps")
    place = gaps.geometry.iloc[0].representative_point()
    served(study)
    page = opened("facilities", query={"kind": "toilet"}, state={"asked_place": (place.x, place.y)})
    said = "\n".join(text.value for text in page.text)
    assert f"{gaps['demand'].iloc[0]:,.0f} left out" in said
    assert "best junction nearby covers" in said
    labelled(page.button, "Try a site here").click().run()
    assert not page.exception
    (pin,) = page.session_state["pins"]
    assert gaps.geometry.iloc[0].distance(read_layer(study, "roads").union_all()) < 1
    assert pin.kind == "toilet"
    shown = float(figures(page)["With the sites on the map"].rstrip("%"))
    assert shown > float(figures(page)["Covered"].rstrip("%"))


def test_the_other_demand_is_asked_for_again(study: Path, served: Serve) -> None:
    cover(study, "toilet")
    served(study)
    page = opened("facilities", query={"kind": "toilet"})
    page.session_state["facility-demand"] = "points"
    page.run()
    assert not page.exception
    assert any("another group's demand" in box.value for box in page.warning)


def test_a_list_of_any_kind_has_figures_and_is_shown_on_the_map(study: Path, tmp_path: Path, served: Serve) -> None:
    place = read_layer(study, "roads").geometry.iloc[:6].map(lambda line: line.interpolate(0.5, normalized=True))
    file = tmp_path / "list.csv"
    rows = {"lon": [p.x for p in place], "lat": [p.y for p in place], "category": ["shop"] * 4 + ["works"] * 2}
    pd.DataFrame({**rows, "rating": [5, 4, 3, 4, None, None]}).to_csv(file, index=False)
    add_points(study, file, "other", Study(study).profile, Options(crs="WGS84"))
    served(study)
    page = opened("facilities", query={"kind": "toilet"})
    said = "\n".join(text.value for text in page.text)
    assert "4 rows · 4.00 stars on average" in said
    labelled(page.selectbox, "List").select("works").run()
    labelled(page.toggle, "Show the list on the map").set_value(True).run()
    assert not page.exception
    said = "\n".join(text.value for text in page.text)
    assert "2 rows" in said


@pytest.mark.slow
def test_land_that_was_drawn_and_closings_are_asked_for(study: Path, served: Serve) -> None:
    cover(study, "market")
    west, south, east, north = read_layer(study, "roads").total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    served(study)
    page = opened(
        "facilities",
        query={"kind": "market"},
        state={"area": [[x, y], [x + 0.002, y], [x + 0.002, y + 0.001], [x, y + 0.001]]},
    )
    labelled(page.selectbox, "Candidates").select("drawn")
    labelled(page.button, "Choose sites").click().run()
    assert not page.exception
    chosen = SITES.of_kind("market").known(Study(study)).summary
    assert chosen is not None
    assert chosen["candidates"] == {"number": 1, "source": "drawn"}
    own = labelled(page.multiselect, "Facilities that may close")
    own.select(own.options[0])
    labelled(page.selectbox, "Candidates").select("junctions")
    labelled(page.number_input, "Number of new sites").set_value(1)
    labelled(page.button, "Choose sites").click().run()
    assert not page.exception
    chosen = SITES.of_kind("market").known(Study(study)).summary
    assert chosen is not None
    assert len(chosen["closed"]) == 1
    assert len(chosen["sites"]) == 2, "a new one, and one for that which is closed"
