"""
Pack Jiexu for a computer without a network: `python scripts/bundle.py` writes `dist/jiexu-VERSION-PLATFORM.tar.gz`.

The archive has the wheels of the whole lock file for one platform and one or more Pythons, Jiexu's own wheel with the
map's scripts and the sample's extract, pip itself, an installer, units for systemd, the guide, and a checksum of each
file. Nothing is built on the target; it needs a Python and no more.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path
from typing import Final, NamedTuple

from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

ROOT: Final = Path(__file__).resolve().parent.parent
DEPLOY: Final = ROOT / "scripts" / "deploy"
LOCK: Final = ROOT / "requirements.lock"

PIP: Final = ("pip", "26.0", "98436feffb9e31bc9339cf369fd55d3331b1580b6a6f1173bacacddcf9c34754")
"""The pip that installs on the target: Debian's Python comes without one. Its version and the wheel's SHA-256."""

SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
TARGET: Final = "target.env"
"""The versions and the platform that the installer asks for, as assignments of a shell."""

_OLD_NAMES: Final = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
"""The oldest glibc of platforms that are named by a year."""
_GLIBCS: Final = range(5, 43)
"""The minor versions of glibc 2 that wheels may ask for."""
PLATFORMS: Final = {
    "linux_x86_64": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "win_amd64": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
"""The platforms that all libraries have wheels for, with the markers of requirements there."""

_PAGES: Final = ("guide/*.md", "reference/*.md", "develop/threats.md")
"""Of `docs/`: the guide goes along, for a network without the site."""
_ENTRY: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? \\$")
_HASH: Final = re.compile(r"^    --hash=(sha256:[0-9a-f]{64})")
_THIRD_PARTY: Final = (
    "Software of others in this bundle; each wheel has its licence's text.",
    "本包所含第三方软件；许可全文见各 wheel。",
)
_WHEN: Final = 315_532_800
"""The time of each file in the archive (1980-01-01): the same content gives the same archive."""


class Locked(NamedTuple):
    """A line of the lock file."""

    name: str
    version: str
    marker: str | None
    hashes: tuple[str, ...]

    def is_for(self, python: str, target: str) -> bool:
        """Tell whether a Python of a version needs it on a platform."""
        if self.marker is None:
            return True
        found = {"python_version": python, "python_full_version": f"{python}.0", "implementation_name": "cpython"}
        found |= {"platform_python_implementation": "CPython", "platform_machine": target.partition("_")[2]}
        return Marker(self.marker).evaluate({**found, **PLATFORMS[target]})

    @property
    def line(self) -> str:
        """The requirement, with its hashes and without its marker."""
        return " ".join((f"{self.name}=={self.version}", *(f"--hash={each}" for each in self.hashes)))


def locked(text: str) -> list[Locked]:
    """Return the lines of a lock file."""
    found: list[Locked] = []
    for line in text.splitlines():
        if entry := _ENTRY.match(line):
            found.append(Locked(canonicalize_name(entry["name"]), entry["version"], entry["marker"], ()))
        elif digest := _HASH.match(line):
            found[-1] = found[-1]._replace(hashes=(*found[-1].hashes, digest[1]))
    return found


def this_platform() -> str:
    """Return the platform of this Python, by the name that wheels have for it."""
    return re.sub(r"[-.]", "_", sysconfig.get_platform())


def tags(target: str) -> list[str]:
    """Return the tags of wheels that a platform takes, the ones for the oldest systems first."""
    system, _, machine = target.partition("_")
    if system != "linux":
        return [target]
    names = [(version, name) for name, version in _OLD_NAMES.items()]
    names += [((2, minor), f"manylinux_2_{minor}") for minor in _GLIBCS]
    return [f"{name}_{machine}" for _, name in sorted(names)]


def glibc_of(wheel: str) -> tuple[int, int]:
    """Return the oldest glibc that a wheel of this name runs with; (0, 0) for one that needs none."""
    found = []
    for tag in parse_wheel_filename(wheel)[3]:
        old = re.match(r"(manylinux(?:1|2010|2014))_", tag.platform)
        new = re.match(r"manylinux_(\d+)_(\d+)_", tag.platform)
        if old:
            found.append(_OLD_NAMES[old[1]])
        elif new:
            found.append((int(new[1]), int(new[2])))
    return min(found, default=(0, 0))


def download(lines: Iterable[str], python: str, target: str, to: Path) -> None:
    """
    Fetch the wheels of requirements with hashes, and nothing that is not named.

    Raises
    ------
    SystemExit
        If one has no wheel for the platform.
    """
    to.mkdir(parents=True, exist_ok=True)
    wanted = to.parent / f"{python}.txt"
    wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--implementation", "cp"]
    command += ["--python-version", python, *(word for tag in tags(target) for word in ("--platform", tag))]
    done = subprocess.run([*command, "--requirement", str(wanted), "--dest", str(to)], check=False)
    if done.returncode:
        raise SystemExit(f"No bundle for Python {python} on {target}: pip has said why. 无法打包，原因见上。")


def own_wheel(to: Path) -> Path:
    """Build Jiexu's wheel, and return it."""
    for old in to.glob("jiexu-*.whl"):
        old.unlink()
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "--wheel-dir", str(to), "."], cwd=ROOT, check=True)
    return next(to.glob("jiexu-*.whl"))


def licence_of(wheel: Path) -> tuple[str, str, str]:
    """Return the name, version and licence that a wheel states."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))
        about = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    classified = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier", ()) if line.startswith("License")]
    stated = about["License-Expression"] or ", ".join(classified) or (about["License"] or "").strip().split("\n")[0]
    return about["Name"], about["Version"], stated or "see the wheel"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fill(folder: Path, wheels: Mapping[str, Sequence[Path]], own: Path, target: str) -> None:
    """
    Put all that a bundle has into an empty folder, with checksums.

    Parameters
    ----------
    folder
        The folder.
    wheels
        The wheels of each Python, pip's among them.
    own
        Jiexu's wheel.
    target
        The platform.
    """
    every = {wheel.name: wheel for each in wheels.values() for wheel in (*each, own)}
    (folder / "wheels").mkdir(parents=True)
    for name, wheel in every.items():
        shutil.copy(wheel, folder / "wheels" / name)
    for file in (*sorted(DEPLOY.iterdir()), LOCK, ROOT / "LICENSE", ROOT / "SECURITY.md"):
        shutil.copy(file, folder)
    for page in (page for name in _PAGES for page in sorted((ROOT / "docs").glob(name))):
        to = folder / "docs" / page.relative_to(ROOT / "docs")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, to)
    licences = [" | ".join(licence_of(every[name])) for name in sorted(every)]
    (folder / "THIRD_PARTY.txt").write_text("\n".join((*_THIRD_PARTY, "", *licences, "")), encoding="utf-8")
    _write_words(folder, wheels, own.name, target)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    sums = "".join(f"{sha256(file)}  {file.relative_to(folder).as_posix()}\n" for file in files)
    (folder / SUMS).write_text(sums, encoding="utf-8", newline="\n")


def _write_words(folder: Path, wheels: Mapping[str, Sequence[Path]], own: str, target: str) -> None:
    """Write the target of the bundle: for programs, and for the installer's shell."""
    names = {python: sorted(each.name for each in found) for python, found in wheels.items()}
    every = {name for each in names.values() for name in each}
    glibc = ".".join(map(str, max(map(glibc_of, every), default=(0, 0))))
    version = str(parse_wheel_filename(own)[1])
    manifest = {
        "version": version,
        "platform": target,
        "glibc": glibc if target.startswith("linux") else None,
        "pythons": names,
        "jiexu": own,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    words = {"VERSION": version, "PYTHONS": " ".join(wheels), "PLATFORM": target, "GLIBC": glibc, "OWN": own}
    words["PIP"] = next((name for name in sorted(every) if name.startswith("pip-")), "")
    lines = (f'{name}="{value}"\n' for name, value in words.items())
    (folder / TARGET).write_text("".join(lines), encoding="ascii", newline="\n")


def pack(folder: Path, archive: Path) -> None:
    """Pack a folder into an archive, `.tar.gz` or `.zip`, that depends on nothing but the files' names and content."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    aside = archive.with_name(f"{archive.name}.part")
    if archive.suffix == ".zip":
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as packed:  # wheels are compressed already
            for file in files:
                about = zipfile.ZipInfo(file.relative_to(folder.parent).as_posix())
                packed.writestr(about, file.read_bytes())
    else:
        with (
            aside.open("wb") as raw,
            gzip.GzipFile("", "wb", 1, raw, mtime=0) as zipped,
            tarfile.open(fileobj=zipped, mode="w") as tar,
        ):
            for file in files:
                entry = tar.gettarinfo(file, file.relative_to(folder.parent).as_posix())
                entry.uid = entry.gid = 0
                entry.uname = entry.gname = "root"
                entry.mtime, entry.mode = _WHEN, 0o755 if file.suffix == ".sh" else 0o644
                with file.open("rb") as content:
                    tar.addfile(entry, content)
    aside.replace(archive)


def chosen(needed: Iterable[Locked], cache: Path) -> list[Path]:
    """
    Return the wheel of each line of the lock file from a folder of downloads; it may hold older ones too.

    Raises
    ------
    SystemExit
        If one is missing, or is not the file that the lock file means.
    """
    there: dict[tuple[str, Version], list[Path]] = {}
    for wheel in sorted(cache.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(wheel.name)
        there.setdefault((name, version), []).append(wheel)
    found = []
    for each in needed:
        candidates = there.get((each.name, Version(each.version)), [])
        matching = [one for one in candidates if f"sha256:{sha256(one)}" in each.hashes]
        if not matching:
            raise SystemExit(f"{each.name} {each.version} is not among the wheels in {cache}")
        found.append(min(matching, key=lambda one: glibc_of(one.name)))
    return found


def bundle(pythons: Sequence[str], target: str, to: Path, work: Path) -> Path:
    """
    Make a bundle, and return its archive; its checksum stands beside it.

    Parameters
    ----------
    pythons
        Versions as `3.11`.
    target
        The platform: one of `PLATFORMS`.
    to
        The folder of the archive.
    work
        A folder where downloads stay for the next time.
    """
    entries = [*locked(LOCK.read_text(encoding="utf-8")), Locked(PIP[0], PIP[1], None, (f"sha256:{PIP[2]}",))]
    wheels = {}
    for python in pythons:
        needed = [each for each in entries if each.is_for(python, target)]
        cache = work / target / python
        download((each.line for each in needed), python, target, cache)
        wheels[python] = chosen(needed, cache)
    own = own_wheel(work)
    tag = ".".join(f"cp{each}".replace(".", "") for each in pythons)
    folder = work / f"jiexu-{parse_wheel_filename(own.name)[1]}-{tag}-{target}"
    shutil.rmtree(folder, ignore_errors=True)
    fill(folder, wheels, own, target)
    to.mkdir(parents=True, exist_ok=True)
    archive = to / f"{folder.name}{'.zip' if target.startswith('win') else '.tar.gz'}"
    pack(folder, archive)
    shutil.rmtree(folder)
    archive.with_name(f"{archive.name}.sha256").write_text(f"{sha256(archive)}  {archive.name}\n", encoding="ascii")
    return archive


def main() -> None:
    """Make the bundle that the command line asks for."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser = argparse.ArgumentParser(description="Pack Jiexu for a computer without a network.")
    parser.add_argument("--python", action="append", help=f"Python of the target, repeatable; {here} by default")
    parser.add_argument("--platform", choices=sorted(PLATFORMS), default=this_platform())
    parser.add_argument("--to", type=Path, default=ROOT / "dist")
    given = parser.parse_args()
    if given.platform not in PLATFORMS:
        raise SystemExit(f"No bundles are made for {platform.platform()}: --platform {', '.join(PLATFORMS)}")
    print(bundle(given.python or [here], given.platform, given.to, ROOT / "build" / "bundle"))


if __name__ == "__main__":
    main()
