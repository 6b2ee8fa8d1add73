"""An import goes as a whole: its rows, its findings, and the rows that it replaced come back."""

from __future__ import annotations

from pathlib import Path

from geo.points.import_removal import remove_import
from geo.points.imports import add_points
from geo.rules import Profile
from geo.study.checks import verify
from geo.study.file import read_layer
from tests.support.points import places


def test_a_row_of_three_states_goes_back_one_by_one(study: Path, profile: Profile, tmp_path: Path) -> None:
    before = len(read_layer(study, "complaints"))
    imports = []
    for number, word in enumerate(("店外经营", "流动摊贩", "占道停车")):
        file = tmp_path / f"{number}.csv"
        places(study, 5).assign(诉求类型=word).to_csv(file, index=False, encoding="gbk")
        imports.append(add_points(study, file, "complaints", profile))
    assert [done.updated for done in imports] == [0, 5, 5]
    assert len(read_layer(study, "replaced")) == 10
    # the second goes first: its rows must not come back with the removal of the third
    assert remove_import(study, str(imports[1].import_id)) == 0
    assert remove_import(study, str(imports[2].import_id)) == 5
    rows = read_layer(study, "complaints").set_index("complaint_id")
    assert "A0" not in rows.index or rows.loc["A0", "import_id"] == imports[0].import_id
    remove_import(study, str(imports[0].import_id))
    assert len(read_layer(study, "complaints")) == before
    assert len(read_layer(study, "replaced")) == 0
    assert verify(study)["sound"]
