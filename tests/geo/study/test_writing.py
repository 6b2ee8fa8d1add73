"""A study is written as a whole or not at all."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.study.figures import info

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
