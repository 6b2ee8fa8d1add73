"""A build is whole or not at all, keeps within its boundary, and never touches what is no study."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.build import Inputs, build_study
from geo.core.errors import InputError, StudyError
from geo.study.figures import info
from geo.study.file import about, read_layer
from tests.support.broken_geometry import feature, write_geojson


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 84])
def test_a_file_that_is_no_study_is_refused_and_never_replaced(content: bytes, tmp_path: Path, sample: Inputs) -> None:
    path = tmp_path / "other.gpkg"
    path.write_bytes(content)
    with pytest.raises(StudyError):
        about(path)
    with pytest.raises(StudyError):
        build_study(path, sample)
    assert path.read_bytes() == content


def test_somebody_elses_geopackage_is_refused(tmp_path: Path, sample: Inputs) -> None:
    path = tmp_path / "other.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([1], [2]), crs=4326).to_file(path, layer="places")
    with pytest.raises(StudyError, match="not a Jiexu study"):
        build_study(path, sample)


def test_a_boundary_keeps_the_streets_that_touch_it(sample: Inputs, tmp_path: Path) -> None:
    boundary = tmp_path / "boundary.geojson"
    gpd.GeoSeries.from_wkt(
        ["POLYGON((24.940 60.166, 24.946 60.166, 24.946 60.169, 24.940 60.169, 24.940 60.166))"], crs=4326
    ).to_file(boundary)
    build_study(tmp_path / "part.gpkg", Inputs(sample.osm, boundary=boundary))
    streets = read_layer(tmp_path / "part.gpkg", "streets")
    assert 0 < len(streets) < 200
    assert streets.intersects(gpd.read_file(boundary).geometry.iloc[0]).all()
    facilities = read_layer(tmp_path / "part.gpkg", "facilities")
    assert facilities.within(gpd.read_file(boundary).geometry.iloc[0]).all()


@pytest.mark.parametrize(
    ("wkt", "words"), [("POLYGON((0 0, 1 0, 1 1, 0 0))", "outside the extract"), ("POINT(24.94 60.17)", "no polygon")]
)
def test_a_boundary_that_cannot_serve_is_refused(wkt: str, words: str, sample: Inputs, tmp_path: Path) -> None:
    boundary = tmp_path / "boundary.geojson"
    gpd.GeoSeries.from_wkt([wkt], crs=4326).to_file(boundary)
    with pytest.raises(InputError, match=words):
        build_study(tmp_path / "part.gpkg", Inputs(sample.osm, boundary=boundary))
    assert not (tmp_path / "part.gpkg").exists()


def test_a_boundary_with_a_broken_row_is_built_and_the_row_is_a_finding(sample: Inputs, tmp_path: Path) -> None:
    corners = [[24.940, 60.166], [24.946, 60.166], [24.946, 60.169], [24.940, 60.169], [24.940, 60.166]]
    rings = [corners[:3], corners]
    file = write_geojson(tmp_path, [feature({"type": "Polygon", "coordinates": [ring]}) for ring in rings])
    build_study(tmp_path / "part.gpkg", Inputs(sample.osm, boundary=file))
    assert 0 < len(read_layer(tmp_path / "part.gpkg", "streets")) < 200
    findings = read_layer(tmp_path / "part.gpkg", "findings")
    (row,) = findings[findings["source"] == "areas.geojson"].itertuples()
    assert (row.layer, row.row, row.column) == ("roads", 2, "geometry")


BUILD = """
from pathlib import Path
from geo.build import Inputs, build_study
build_study(Path({study!r}), Inputs(Path({osm!r})))
"""


def run_build(study: Path, osm: Path, before: Callable[[], object] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BUILD.format(study=str(study), osm=str(osm))],
        preexec_fn=before,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_disk_leaves_the_old_study(study: Path, sample: Inputs) -> None:
    """No file may grow beyond 200 kB here: that is how writing fails when the disk is full."""
    before = study.read_bytes()

    def full_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    finished = run_build(study, sample.osm, full_disk)
    assert finished.returncode != 0
    assert "StudyError" in finished.stderr
    assert study.read_bytes() == before
    assert [path.name for path in study.parent.iterdir()] == [study.name]


def test_a_folder_that_cannot_be_written_is_refused(sample: Inputs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    with pytest.raises(StudyError, match="Cannot write"):
        build_study(tmp_path / "file" / "study.gpkg", sample)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="/proc is a folder that not even root may write")
def test_a_read_only_folder_is_refused(sample: Inputs) -> None:
    with pytest.raises(StudyError, match="Cannot write") as refused:
        build_study(Path("/proc/study.gpkg"), sample)
    assert "writable" in refused.value.remedy.en


def test_a_killed_build_leaves_the_old_study(study: Path, sample: Inputs) -> None:
    before = study.read_bytes()
    script = BUILD.format(study=str(study), osm=str(sample.osm))
    killing = (
        "import os, signal, pyogrio; write = pyogrio.write_dataframe\n"
        "def dying(table, path, layer, **options):\n"
        "    write(table, path, layer=layer, **options)\n"
        "    if layer == 'context': os.kill(os.getpid(), signal.SIGKILL)\n"
        f"pyogrio.write_dataframe = dying\n{script}"
    )
    finished = subprocess.run([sys.executable, "-c", killing], check=False, capture_output=True)
    assert finished.returncode == -signal.SIGKILL
    assert study.read_bytes() == before
    assert info(study)["layers"]["roads"] > 0


def test_points_and_list_outlive_a_rebuild_from_the_extract_alone(study: Path, sample: Inputs) -> None:
    before, stalls = info(study), read_layer(study, "stalls")
    build_study(study, Inputs(sample.osm))
    after = info(study)
    assert after["layers"] == before["layers"]
    assert after["findings"] == before["findings"]
    assert after["streets_km"] == before["streets_km"]
    pd.testing.assert_frame_equal(pd.DataFrame(read_layer(study, "stalls")), pd.DataFrame(stalls))
