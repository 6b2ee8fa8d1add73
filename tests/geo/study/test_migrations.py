"""A study of the format before is brought up to date where it lies."""

from __future__ import annotations

import json
from pathlib import Path

from geo.facilities.coverage_study import COVERAGE
from geo.facilities.site_study import SITES
from geo.stalls.study import STALLS, plan_stalls
from geo.study.file import FORMAT, OLDER, about, changing, connect
from geo.study.migrations import STEPS, migrate
from geo.study.qgis_styles import layer_styles
from geo.study.reader import Study
from geo.study.versions import put_facts
from geo.tiers.result import TIERS


def downgraded(study: Path) -> dict[str, str]:
    """Make a study one of format 5: results without inputs, no version by scope, other styles; return its facts."""
    facts = about(study)
    old = {"format": "jiexu-study-5", "inference": json.dumps({"streets": 3})}
    old["stalls_computed"] = json.dumps({"made_of": {"roads": "1"}, "metres": 5})
    old["coverage_computed:toilet"] = json.dumps({"made_of": {"roads": "1"}, "share": 0.5})
    old["sites_computed:market"] = ""
    with changing(study) as connection:
        gone = [key for key in facts if key.startswith(("result:", "version:decisions:")) or key == "version:segments"]
        connection.executemany("DELETE FROM about WHERE key = ?", [(key,) for key in gone])
        put_facts(connection, old)
        connection.execute("DELETE FROM layer_styles WHERE f_table_name <> 'roads'")
    return facts


def test_results_of_the_format_before_are_kept_and_known_to_be_out_of_date(study: Path) -> None:
    before = downgraded(study)
    facts = about(study)
    assert facts["format"] == FORMAT
    for result, summary in (
        (STALLS, {"metres": 5}),
        (COVERAGE.of_kind("toilet"), {"share": 0.5}),
        (TIERS, {"streets": 3}),
    ):
        known = result.known(facts)
        assert (known.summary, known.fresh, known.repeat) == (summary, False, None)
    assert SITES.of_kind("market").known(facts).summary is None
    assert not {key for key in facts if key == "inference" or "_computed" in key}
    assert facts["version:roads"] == before["version:roads"], "a version that there was stays"
    assert {key for key in before if key.startswith("version:")} <= set(facts)


def test_a_study_is_styled_anew_and_works_on(study: Path) -> None:
    downgraded(study)
    about(study)
    with connect(study) as connection:
        styled = {row[0] for row in connection.execute("SELECT f_table_name FROM layer_styles")}
    assert styled == set(layer_styles()["f_table_name"])
    plan_stalls(study)
    assert STALLS.known(Study(study)).fresh


def test_a_study_of_this_format_stays_as_it_is(study: Path) -> None:
    before = about(study)
    with changing(study) as connection:
        migrate(connection)
    assert about(study) == before


def test_every_step_leads_from_an_older_format_to_one_that_is_known() -> None:
    assert set(STEPS) <= set(OLDER)
