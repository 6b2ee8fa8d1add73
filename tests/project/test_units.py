"""The units for systemd are sound and tight, and the server and the backup work under them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from dashboards.access import accounts
from dashboards.access.store import Store
from geo.background.submitting import submit
from geo.build import Inputs
from geo.jobs.queue import Queue
from geo.study.rights import Grant
from tests.conftest import ROOT
from tests.support import confined
from tests.support.confined import settings

DEPLOY = ROOT / "scripts" / "deploy"
UNITS = ("jiexu.service", "jiexu-backup.service", "jiexu-backup.timer")
EXPOSURE = {"jiexu.service": 1.4, "jiexu-backup.service": 0.5}
"""The figure of `systemd-analyze security`, of 10: it may only fall."""
WITHIN_S = 180

analysed = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with a program that there is in the place of Jiexu."""
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8").replace("/opt/jiexu/bin/jiexu", sys.executable)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "jiexu.service.d").mkdir()
    tls = (DEPLOY / "jiexu-tls.conf").read_text("utf-8").replace("/opt/jiexu/bin/jiexu", sys.executable)
    (tmp_path / "jiexu.service.d" / "tls.conf").write_text(tls, "utf-8")
    return tmp_path


@analysed
def test_systemd_finds_nothing_wrong_with_the_units(installed: Path) -> None:
    command = ["systemd-analyze", "verify", "--man=no", *(str(installed / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    # and it would find something
    service = installed / "jiexu.service"
    service.write_text(service.read_text("utf-8").replace("[Service]", "[Service]\nProtectSysten=strict"), "utf-8")
    again = subprocess.run([*command[:3], str(service)], capture_output=True, text=True, check=False)
    assert "ProtectSysten" in again.stderr


@analysed
@pytest.mark.parametrize("unit", EXPOSURE)
def test_the_exposure_of_a_service_is_the_one_on_the_page(unit: str, installed: Path) -> None:
    threshold = str(round(EXPOSURE[unit] * 10))
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={threshold}", str(installed / unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for \S+ ([\d.]+)", done.stdout)
    if found is None and "offline" in done.stderr:
        pytest.skip("this systemd looks at running units only")
    assert found is not None, done.stderr
    assert float(found[1]) <= EXPOSURE[unit]
    page = (ROOT / "docs" / "guide" / "server.md").read_text("utf-8")
    assert f"{EXPOSURE[unit]}" in page


def test_both_services_are_equally_confined() -> None:
    server, backup = (settings(DEPLOY / name) for name in EXPOSURE)
    tight = {
        name for name in server if re.match(r"Protect|Private|Restrict|System|Lock|NoNew|Cap|Memory|Remove|UMask", name)
    }
    assert len(tight) > 20
    other = tight & {name for name in tight if server[name] != backup.get(name)}
    assert other == {"RestrictAddressFamilies"}
    assert backup["PrivateNetwork"] == ["yes"]
    for name in ("User", "Group", "StateDirectory", "StateDirectoryMode", "CacheDirectory", "Environment"):
        assert server[name] == backup[name]


def words_of(unit: str, folder: Path) -> list[str]:
    """Return a service's command, with the folder in the place of the system's."""
    (command,) = settings(DEPLOY / unit)["ExecStart"]
    moved = command.replace("/var/lib/jiexu", str(folder)).replace("/var/backups/jiexu", str(folder / "copies"))
    return [sys.executable, "-m", "jiexu", *moved.split()[1:]]


def environment_of(unit: str, folder: Path) -> dict[str, str]:
    """Return a service's environment, of which systemd gives it nothing of ours."""
    given = dict(each.split("=", 1) for line in settings(DEPLOY / unit)["Environment"] for each in line.split())
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS") or name == "PATH"}
    own = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    return {**kept, **given, **own}


@pytest.mark.slow
def test_server_readers_jobs_and_backup_work_under_their_units(built: Path, sample: Inputs, tmp_path: Path) -> None:
    if reason := confined.why_not():
        pytest.skip(reason)
    folder = tmp_path / "studies"
    folder.mkdir()
    study = Path(shutil.copy(built, folder / "anyang.gpkg"))
    accounts.add(Store(folder), "wang", "a long password", Grant("administrator"), by="test")
    unit, environment = DEPLOY / "jiexu.service", environment_of("jiexu.service", tmp_path)

    # the confinement is there: what it refuses fails, and nothing else
    plain = "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE)"
    assert subprocess.run(confined.confined(unit, sys.executable, "-c", plain), cwd=ROOT, check=False).returncode == 0
    for refused in (
        "import os; os.setuid(1)",
        "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "import ctypes, os; n = ctypes.CDLL(None, use_errno=True); os._exit(n.unshare(0x10000000) != 0)",
        "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)",
    ):
        command = confined.confined(unit, sys.executable, "-c", refused)
        assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode, refused

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = confined.confined(unit, *words_of("jiexu.service", tmp_path), "--port", str(port))
    log = tmp_path / "log"
    job = submit(study, "hotspots", {})
    with (
        log.open("wb") as said,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said) as server,
    ):
        deadline, queue = time.monotonic() + WITHIN_S, Queue(folder)
        try:
            # the server's own worker does the job
            while queue.find(job.number).active and server.poll() is None and time.monotonic() < deadline:
                time.sleep(0.2)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=20) as answer:
                assert answer.status == 200
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    assert queue.find(job.number).state == "done", f"{queue.find(job.number)}\n{log.read_text('utf-8', 'replace')}"

    # a reader of files is a process with limits of its own
    reads = [sys.executable, "-m", "jiexu", "add", str(study), str(sample.points["stalls"]), "--kind", "stalls"]
    done = subprocess.run(
        confined.confined(unit, *reads), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

    backup = confined.confined(DEPLOY / "jiexu-backup.service", *words_of("jiexu-backup.service", tmp_path), "--json")
    done = subprocess.run(backup, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [each["status"] for each in json.loads(done.stdout)["files"]] == ["copied", "copied"]
