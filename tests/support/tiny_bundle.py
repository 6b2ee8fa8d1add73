"""A bundle of two tiny wheels, for its installer: all but the size is as in the real one."""

from __future__ import annotations

import base64
import ensurepip
import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from scripts import bundle

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def wheel(folder: Path, name: str, version: str, files: Mapping[str, str], tag: str = "py3-none-any") -> Path:
    """Write a wheel of the files given."""
    home = f"{name}-{version}.dist-info"
    every = {
        **files,
        f"{home}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: MIT\n",
        f"{home}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    rows = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},"
        for path, text in every.items()
    ]
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for each, text in {**every, f"{home}/RECORD": "\n".join([*rows, f"{home}/RECORD,,"])}.items():
            packed.writestr(each, text)
    return path


def own(folder: Path, version: str) -> Path:
    """Write a wheel that is called Jiexu, and says its version."""
    files = {
        "jiexu_tiny.py": f"import tiny, sys\n\ndef main():\n    print('jiexu {version}', *sys.argv[1:])\n",
        f"jiexu-{version}.dist-info/entry_points.txt": "[console_scripts]\njiexu = jiexu_tiny:main\n",
    }
    return wheel(folder, "jiexu", version, files)


def pips_wheel() -> Path | None:
    """Return the wheel of pip that this Python carries, or None."""
    return next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"), None)


def tiny_bundle(
    folder: Path, version: str = "1.0", python: str = PYTHON, platform: str | None = None, tag: str = "py3-none-any"
) -> Path:
    """
    Make a bundle, unpacked.

    Parameters
    ----------
    folder
        An empty folder for it.
    version
        Of its Jiexu.
    python, platform
        The target; by default this Python.
    tag
        Of the wheel of its one library.
    """
    made = folder / "made"
    made.mkdir(parents=True)
    library = wheel(made, "tiny", "2.0", {"tiny.py": ""}, tag)
    carried = pips_wheel()
    assert carried is not None
    home = folder / f"jiexu-{version}"
    lock = made / "requirements.lock"
    lock.write_text(f"tiny==2.0 \\\n    --hash=sha256:{bundle.sha256(library)}\n", encoding="utf-8")
    before, bundle.LOCK = bundle.LOCK, lock  # type: ignore[misc]  # the only one that changes it
    try:
        bundle.fill(home, {python: [library, carried]}, own(made, version), platform or bundle.this_platform())
    finally:
        bundle.LOCK = before  # type: ignore[misc]
    return home


def install(home: Path, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installer of a bundle."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    command = ["sh", str(home / "install.sh"), *map(str, words)]
    given = {**settings, "PYTHON": sys.executable, **environment}
    return subprocess.run(command, env=given, capture_output=True, text=True, encoding="utf-8", check=False)
