"""The bundle, installed in a network without a way out, serves the sample, and a browser there paints its map."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from scripts import bundle
from tests.browser.conftest import ARTEFACTS, CHROMIUM
from tests.conftest import ROOT
from tests.support.tiny_bundle import PYTHON

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ALONE = ("unshare", "--map-root-user", "--net")
"""Runs a command in a network of its own, as a user of its own."""
STARTS_WITHIN_S = 300

_IN_THERE = """
set -eu
health='import urllib.request as u; u.urlopen("http://127.0.0.1:8501/_stcore/health", timeout=2)'
ip link set lo up
test "$(ip -o link | wc -l)" = 1
# there is no way out, not even to ask for a name
! {python} -c 'import socket; socket.create_connection(("1.1.1.1", 53), 2)' 2>/dev/null
{unpacked}/install.sh {home}
cd {home}
bin/jiexu serve --no-browser --port 8501 > served 2>&1 &
server=$!
tries=0
until {python} -c "$health" 2>/dev/null; do
  kill -0 $server || {{ cat served; exit 1; }}
  tries=$((tries + 1))
  test $tries -lt {tries} || {{ cat served; kill $server; exit 1; }}
  sleep 1
done
status=0
(cd {root} && {python} -m tests.support.looking http://127.0.0.1:8501 {picture}) || status=$?
kill $server
wait $server || true
exit $status
"""


def why_not() -> str | None:
    """Return the reason that a network of its own cannot be had here, or None."""
    missing = [name for name in ("unshare", "ip") if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)} on this machine"
    done = subprocess.run([*ALONE, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    return f"no network of its own: {done.stderr.strip()}" if done.returncode else None


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for this Python and this platform, as `make bundle` makes it, unpacked."""
    folder = tmp_path_factory.mktemp("bundle")
    if bundle.this_platform() not in bundle.PLATFORMS:
        pytest.skip(f"no bundles are made for {bundle.this_platform()}")
    archive = bundle.bundle([PYTHON], bundle.this_platform(), folder, ROOT / "build" / "bundle")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    return folder / archive.name.removesuffix(".tar.gz")


def test_without_a_network_it_installs_and_the_map_is_painted(unpacked: Path, tmp_path: Path) -> None:
    reason = why_not() or (None if CHROMIUM else "no Chromium on this machine")
    if reason:
        pytest.skip(reason)
    home, picture = tmp_path / "home", ARTEFACTS / "bundle.png"
    picture.unlink(missing_ok=True)
    script = _IN_THERE.format(
        python=sys.executable, unpacked=unpacked, home=home, root=ROOT, picture=picture, tries=STARTS_WITHIN_S
    )
    # nothing of this checkout: no PYTHONPATH, no virtual environment, no node; a cache of its own
    settings = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "PYTHON": sys.executable}
    settings |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS")}
    done = subprocess.run(
        [*ALONE, "sh", "-c", script],
        env={**settings, **kept},
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pixels of streets" in done.stdout
    packages = next((home / "current" / "lib").glob("python*")) / "site-packages"
    assert (packages / "geo" / "sample_extract" / "helsinki.osm.pbf").is_file()
    assert (home / "studies" / "sample.gpkg").is_file(), "the sample was built in there"
