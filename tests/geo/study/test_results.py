"""Results say what they are made of, truly; they go stale when that changes, and only then."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots
from geo.core.text import Text
from geo.core.vocabulary import KINDS
from geo.facilities.coverage_study import cover
from geo.facilities.decisions import decide_site
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.parking.inventory_study import inventory_parking
from geo.parking.study import plan_bays
from geo.rules import load_profile
from geo.rules.articles import articles_group
from geo.stalls.study import STALLS, guide_stalls, plan_stalls
from geo.study import file
from geo.study.reader import Reads, Study, recording
from geo.study.results import RESULTS, Known, MadeOf, Result, command_of, input_title
from geo.study.versions import BUILD, put_facts, touch, version_key
from geo.tiers.study import grade_study
from jiexu.__main__ import app

DEMANDS = [*((kind, "residents") for kind in KINDS), ("market", "points"), ("parking", "points")]
"""Kinds of facilities and demand for them; no complaint of the sample asks for a toilet."""


Run = Callable[[Path], object]
RUNS: Mapping[str, tuple[Run, ...]] = {
    "tiers": (grade_study,),
    "stalls": (plan_stalls,),
    "relocation": (guide_stalls,),
    "bays": (lambda path: plan_bays(path, night=True, budget=20),),
    "parking": (inventory_parking,),
    "hotspots": (
        find_hotspots,
        lambda path: find_hotspots(path, bandwidth_m="cv", exposure="width_m"),
    ),
    "patrols": (lambda path: plan_patrols(path, 4),),
    "coverage": tuple(
        lambda path, kind=kind, asked=asked: cover(path, kind, asked=asked)  # type: ignore[misc]
        for kind, asked in DEMANDS
    ),
    "sites": tuple(
        lambda path, kind=kind, asked=asked: choose_sites(path, kind, SiteRequest(1), asked)  # type: ignore[misc]
        for kind, asked in DEMANDS
    ),
}
"""What computes each result; several where one alone does not read all of its inputs."""


@pytest.fixture(scope="module")
def complete(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Reads]]:
    """The sample study with every result, and what was read for each."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("complete") / "sample.gpkg"))
    reads = {}
    for name in RESULTS:
        reads[name] = Reads()
        for run in RUNS[name]:
            with recording() as found:
                run(path)
            for each in found:
                reads[name].layers |= each.layers
                reads[name].decisions |= each.decisions
                reads[name].facts |= each.facts
                reads[name].rules |= each.rules
    return path, reads


def declared(result: Result[Any]) -> MadeOf:
    """Return the inputs of a result; of all kinds of facilities where it has one for each."""
    of = {scope.format(of=kind) for scope in result.made_of.decisions for kind in KINDS}
    return MadeOf(result.made_of.layers, tuple(sorted(of)), result.made_of.facts, result.made_of.rules)


def test_every_result_has_a_run() -> None:
    assert set(RUNS) == set(RESULTS)


@pytest.mark.parametrize("name", list(RUNS))
def test_every_result_reads_what_it_declares_and_nothing_else(
    name: str, complete: tuple[Path, dict[str, Reads]]
) -> None:
    result, reads = declared(RESULTS[name]), complete[1][name]
    writes = set(RESULTS[name].writes)
    assert reads.layers - writes - set(RESULTS[name].in_step) == set(result.layers) - writes, "layers"
    assert set(RESULTS[name].in_step) <= reads.layers
    assert reads.decisions == set(result.decisions), "decisions"
    assert reads.facts == set(result.facts), "facts"
    assert reads.rules == set(result.rules), "rules"


def every(path: Path) -> dict[str, Result[Any]]:
    """Return every result that the study keeps, those of kinds of facilities one by one."""
    facts = file.about(path)
    found = {}
    for result in RESULTS.values():
        for one in [result, *map(result.of_kind, KINDS)]:
            if one.key in facts:
                found[one.key] = one
    assert {name for name in RESULTS if any(key.startswith(f"result:{name}") for key in found)} == set(RESULTS)
    return found


def fresh(path: Path) -> set[str]:
    facts = file.about(path)
    return {key for key, result in every(path).items() if result.known(facts).fresh}


def recomputed(path: Path) -> Path:
    """Compute the stale results again until nothing is stale: some are made of layers that others write."""
    for _ in range(3):
        for key in sorted(set(every(path)) - fresh(path)):
            name = key.split(":")[1]
            for kind in (kind for kind in KINDS if key.endswith(f":{kind}")):
                if name == "coverage":
                    cover(path, kind)
                else:
                    choose_sites(path, kind, SiteRequest(1))
            if name not in ("coverage", "sites"):
                RUNS[name][0](path)
    return path


@pytest.fixture(scope="module")
def settled(complete: tuple[Path, dict[str, Reads]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(complete[0], tmp_path_factory.mktemp("settled") / "sample.gpkg"))
    return recomputed(path)


def test_every_change_makes_what_is_made_of_it_stale_and_nothing_else(settled: Path, tmp_path: Path) -> None:
    results = every(settled)
    assert fresh(settled) == set(results)
    facts = file.about(settled)
    inputs = {name for result in results.values() for name in result.made_of.inputs(facts)}
    for name in sorted(inputs):
        path = Path(shutil.copy(settled, tmp_path / "study.gpkg"))
        with Study(path).changing() as connection:
            kind, _, key = name.rpartition(":") if name.startswith(("fact:", "rules:")) else ("", "", name)
            if kind == "fact":
                put_facts(connection, {key: "12345"})
            elif kind == "rules":
                put_facts(connection, file.rule_facts(_changed(facts["rules"], key)))
            elif name == BUILD:
                put_facts(connection, {version_key(BUILD): "new"})
            else:
                put_facts(connection, {version_key(name): "new"})
        stale = {key for key, result in results.items() if name in result.made_of.inputs(facts)}
        assert fresh(path) == set(results) - stale, name
        for key in stale:
            assert results[key].known(Study(path)).changed == (name,)


def _changed(rules: str, group: str) -> Any:
    """Return rules with another number in a group."""
    from geo.rules.loader import profile_from_json  # noqa: PLC0415

    profile = profile_from_json(rules)
    if group.startswith("articles."):
        mine = {
            name: replace(each, behind=tuple(use for use in each.behind if articles_group(use) != group))
            for name, each in profile.articles.items()
        }
        return replace(profile, articles=mine)
    for path, leaf in profile.leaves.items():
        if path.startswith(f"{group}.") and isinstance(leaf.value, float) and leaf.value:
            return profile.changed({path: leaf.value * 1.01})
        if path.startswith(f"{group}.") and isinstance(leaf.value, int) and not isinstance(leaf.value, bool):
            return profile.changed({path: leaf.value + 1})
        if path.startswith(f"{group}.") and leaf.unit == "hours":
            return profile.changed({path: ["Mo-Su 03:00-04:00"]})
    raise AssertionError(f"no number in {group}")


def test_an_accepted_site_makes_coverage_and_sites_of_its_kind_stale(settled: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(settled, tmp_path / "study.gpkg"))
    site = json.loads(file.about(path)["result:sites:toilet"])["summary"]["sites"][0]
    before = fresh(path)
    decide_site(path, "toilet", site["lon"], site["lat"], "agreed")
    assert before - fresh(path) == {"result:coverage:toilet", "result:sites:toilet"}
    cover(path, "toilet")
    again = choose_sites(path, "toilet", SiteRequest(1))
    assert site["site_id"] not in {row["site_id"] for row in again["sites"]}, "an accepted site is not proposed again"
    known = RESULTS["coverage"].of_kind("toilet").known(Study(path)).summary
    assert known["share_with_accepted"] == pytest.approx(again["share_before"], abs=1e-3)  # type: ignore[index]


def test_a_change_made_while_stalls_are_planned_is_not_counted(built: Path, tmp_path: Path) -> None:
    """The summary is kept in the swap that writes the layers: a change right after it shows."""
    path = Path(shutil.copy(built, tmp_path / "study.gpkg"))
    plan_stalls(path)
    assert STALLS.known(Study(path)).fresh
    with Study(path).changing() as connection:
        touch(connection, "parking")
    assert STALLS.known(Study(path)).changed == ("parking",)


def test_what_changed_is_named_in_both_languages(settled: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(settled, tmp_path / "study.gpkg"))
    assert STALLS.known(Study(path)).because is None
    with Study(path).changing() as connection:
        touch(connection, "parking")
        touch(connection, "decisions:zone")
    because = STALLS.known(Study(path)).because
    assert because is not None
    assert because.en == "Out of date: decisions (zone), parking changed"
    assert because.zh == "已过期：疏导点决定、停车有变化"


def test_every_input_has_a_title(settled: Path) -> None:
    names = {name for result in every(settled).values() for name in result.made_of.inputs(file.about(settled))}
    for name in names:
        title = input_title(name)
        assert title.zh != title.en, name


def test_a_result_keeps_what_repeats_it(settled: Path) -> None:
    repeat = RESULTS["sites"].of_kind("market").known(Study(settled)).repeat
    assert repeat is not None
    assert repeat["command"] == "jiexu site sample.gpkg --kind market --count 1"
    assert repeat["seed"] == 721
    assert repeat["rules"] == file.about(settled)["profile_hash"]
    assert set(repeat) == {"command", "seed", "version", "at", "rules", "rules_on"}
    assert repeat["rules_on"] == Study(settled).day.isoformat()


def test_every_kept_command_is_one_of_the_command_line(settled: Path) -> None:
    verbs = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for key, result in every(settled).items():
        repeat = result.known(Study(settled)).repeat
        assert repeat is not None
        program, verb, study, *options = shlex.split(str(repeat["command"]))
        assert (program, study) == ("jiexu", settled.name), key
        known = {option for parameter in verbs[verb].params for option in parameter.opts}
        assert {word for word in options if word.startswith("--")} <= known, key


def test_a_command_is_quoted_as_a_shell_needs_it(built: Path) -> None:
    study = Study(built)
    assert command_of("hotspots", study, category="道路 破损", bandwidth=None, all=True) == (
        "jiexu hotspots sample.gpkg --category '道路 破损' --all"
    )


FACTS = {
    "version:roads": "3",
    "version:stalls": "7",
    "timezone": "Asia/Shanghai",
    "rules": load_profile().to_json(),
}


def result_of(*layers: str) -> Result[Any]:
    """Return a result of one kind of facility: such a one is not among those that were declared."""
    return Result("example", Text("示例", "An example"), MadeOf(layers), of="market")


def test_a_result_is_made_of_versions_of_layers() -> None:
    assert MadeOf(("roads", "stalls")).inputs(FACTS) == {"roads": "3", "stalls": "7"}
    assert MadeOf().inputs(FACTS) == {}


def test_a_result_is_fresh_until_what_it_is_made_of_changes() -> None:
    result = result_of("roads")
    summary = {"share": 0.5, "sites": [{"name": "菜场"}]}
    kept = {**FACTS, **result.kept(summary, FACTS, "jiexu example", 721)}
    assert (result.known(kept).summary, result.known(kept).fresh) == (summary, True)
    later = result.known({**kept, "version:roads": "4"})
    assert (later.summary, later.fresh, later.changed) == (summary, False, ("roads",))
    assert result.known({**kept, "version:stalls": "8"}).fresh


def test_what_was_never_computed_is_not_fresh() -> None:
    assert result_of("roads").known({}) == result_of("roads").known({"result:example:market": ""}) == Known(None, False)
